package dev.llmadapt.local.decoding;

import dev.llmadapt.OverloadedException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.runtime.TextSession;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answers and scorings that wait or are under way on a session, the rows they have, and the adapters to be
 * forgotten once nothing under way has them. They begin in the order of the line, as soon as there is a row.
 *
 * <p>Guarded by the lock of its scheduler.
 */
final class Underway {
    private final TextSession session;
    private final CacheRows rows; // changed by the turn, or with the lock between turns
    private final WaitingLine waiting;
    private final List<Sequence> sequences = new ArrayList<>(); // oldest first
    private final List<Waiting.Scoring> scorings = new ArrayList<>(); // those that have a row
    private final List<PreparedAdapter> unloaded = new ArrayList<>(); // not yet forgotten

    Underway(TextSession session, CacheRows rows, Admission admission) {
        this.session = session;
        this.rows = rows;
        this.waiting = new WaitingLine(admission);
    }

    /**
     * Queues an answer.
     *
     * @throws OverloadedException if too many wait
     * @throws IllegalArgumentException if one of its adapters was unloaded
     */
    void add(Sequence sequence) {
        requireInputs(sequence.mix());
        waiting.add(sequence);
        sequences.add(sequence);
    }

    /**
     * Queues a scoring.
     *
     * @throws OverloadedException if too many wait
     */
    void add(Waiting.Scoring scoring) {
        waiting.add(scoring);
    }

    /** Gives rows to the answers that are next; returns whether there were any. */
    boolean beginAnswers() {
        boolean any = false;
        while (waiting.next() instanceof Sequence next) {
            CacheRows.Slot slot = rows.claim(next.prompt(), next.mix(), next.tokens());
            if (slot == null) {
                break;
            }
            next.slot = slot;
            any = true;
            waiting.begin(next);
        }
        return any;
    }

    /** A row for a scoring, if it is the next to begin and there is one now. */
    CacheRows.@Nullable Slot begin(Waiting.Scoring scoring) {
        if (waiting.next() != scoring) {
            return null;
        }
        CacheRows.Slot slot = rows.claim(scoring.prompt(), scoring.mix(), scoring.tokens());
        if (slot != null) {
            waiting.begin(scoring);
            scorings.add(scoring);
        }
        return slot;
    }

    /** Whether a scoring is the next to begin and there is a row for it. */
    boolean scoringMayBegin() {
        return waiting.next() instanceof Waiting.Scoring next && rows.fits(next.prompt(), next.mix(), next.tokens());
    }

    /** The answers that have a row and are not over. */
    List<Sequence> answers() {
        return sequences.stream().filter(each -> each.begun() && !each.over).toList();
    }

    /** Gives the row of an answer that is over to the next one; its owner may still read what is queued. */
    void release(Sequence sequence) {
        rows.release(sequence.slot());
        waiting.end(sequence);
    }

    /** Ends a scoring, whether it has begun or not, and gives its rows back. */
    void end(Waiting.Scoring scoring, List<CacheRows.Slot> held) {
        waiting.remove(scoring);
        if (scorings.remove(scoring)) {
            waiting.end(scoring);
        }
        held.forEach(rows::release);
    }

    /** Drops the answers whose owners have given them back, and forgets adapters that nothing has; between turns. */
    void dropReleased(boolean closed) {
        sequences.removeIf(sequence -> {
            if (sequence.released && sequence.slot != null && !sequence.over) {
                release(sequence);
            }
            if (sequence.released) {
                waiting.remove(sequence);
            }
            return sequence.released;
        });
        unloaded.removeIf(adapter -> {
            rows.forget(adapter);
            boolean used = mixes().anyMatch(mix -> mix.has(adapter));
            if (!used && !closed) {
                session.forget(adapter);
            }
            return !used;
        });
    }

    /** Remembers an adapter that no request will name again, to be forgotten. */
    void unload(PreparedAdapter adapter) {
        unloaded.add(adapter);
    }

    /** Whether an answer or a scoring under way uses an adapter. */
    boolean usesAdapters() {
        return mixes().anyMatch(mix -> !mix.parts().isEmpty());
    }

    private Stream<AdapterMix> mixes() {
        return Stream.concat(
                sequences.stream().map(Sequence::mix), scorings.stream().map(Waiting.Scoring::mix));
    }

    /** Refuses adapters that were unloaded since the request named them, so that they do not silently mean the base. */
    void requireInputs(AdapterMix mix) {
        for (PreparedAdapter adapter : mix.adapters()) {
            if (!session.adapterInputs().covers(adapter.inputs())) {
                throw new IllegalArgumentException(
                        "adapter '" + adapter.name() + "' was unloaded while the request was on its way");
            }
        }
    }

    /** Counts of what waits and runs; those of the rows as of about now, since a turn may be changing them. */
    Load load(boolean closed) {
        return new Load(waiting.size(), waiting.held(), rows.keptTokens(), closed ? 0 : rows.bytes());
    }
}
