package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.TextSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A scheduler that runs the answers of all callers together over one session (continuous batching; Yu et al. 2022,
 * Orca), without a thread of its own: whichever caller waits for a token runs the next turn for everyone, the others
 * find their token when it is over. A {@link Turn} reads a piece of one new prompt, then steps every answer by a token.
 *
 * <p>Shared instructions and examples are read once, see {@link CacheRows}. Only prompt tokens are reused, and always
 * read at least two at a time: that way the engine uses the same kernel for them each time, and an answer does not
 * depend on what was asked before, to the bit.
 *
 * <p>Answers and scorings begin in the order of a {@link WaitingLine}, as soon as there is a row and memory for all of
 * their tokens; the next one, if it has to wait, lets none pass, so that long prompts are not kept waiting by short
 * ones for ever. A scoring runs in pieces, between which the answers under way go on.
 *
 * <p>Thread-safe.
 */
final class Scheduler implements AutoCloseable {
    /** The most tokens of all slots together that one prompt is copied to for scoring; bounds the memory it takes. */
    private static final int COPIED = 2048;

    private final TextSession session;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final List<Sequence> sequences = new ArrayList<>(); // guarded by lock, oldest first
    private final List<Waiting.Scoring> scorings = new ArrayList<>(); // guarded by lock: those that have a row
    private final WaitingLine waiting; // guarded by lock
    private final List<PreparedAdapter> unloaded = new ArrayList<>(); // guarded by lock: not yet forgotten
    private final CacheRows rows; // changed by the turn, or with the lock between turns
    private final Turn turn; // one at a time, without the lock
    private boolean running; // guarded by lock: a turn or a scoring is under way
    private boolean closed; // guarded by lock

    Scheduler(TextSession session, Admission admission) {
        this.session = session;
        this.waiting = new WaitingLine(admission);
        this.rows = new CacheRows(session, admission.together());
        this.turn = new Turn(session, rows);
    }

    /**
     * Queues an answer.
     *
     * @param prompt at least one token after the mix's virtual ones
     * @param mix the adapters that act on it
     * @param maxTokens the most tokens of the answer
     * @param report what its steps say of their tokens
     * @param time who asked, and until when
     * @throws OverloadedException if too many wait
     * @throws IllegalArgumentException if prompt and answer can never fit into the context or the memory
     */
    Sequence start(int[] prompt, AdapterMix mix, int maxTokens, Chooser chooser, Report report, RequestTime time) {
        requireRoom(prompt.length + 1);
        int most = Math.min(maxTokens, session.maxCapacity() - prompt.length);
        rows.requirePossible(prompt.length, prompt.length + most);
        Sequence sequence = new Sequence(prompt, mix, most, chooser, report, time);
        lock.lock();
        try {
            requireOpen();
            requireInputs(mix);
            waiting.add(sequence);
            sequences.add(sequence);
        } finally {
            lock.unlock();
        }
        return sequence;
    }

    /** Returns the next token of an answer, or why there is none; runs turns until then if nobody else does. */
    Sequence.Step next(Sequence sequence) {
        lock.lock();
        try {
            while (true) {
                if (Thread.currentThread().isInterrupted() || sequence.time().over()) {
                    return Sequence.Step.over(Sequence.End.INTERRUPTED);
                }
                if (sequence.time().trace().hasNews()) {
                    return Sequence.Step.BEGUN; // so that it is told without the lock
                }
                Sequence.Step ready = sequence.out.poll();
                if (ready != null) {
                    return ready;
                }
                if (sequence.failure != null) {
                    throw sequence.failure;
                }
                requireOpen();
                if (running || !turn(true)) {
                    await(sequence.time());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Sequence.Step.over(Sequence.End.INTERRUPTED);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change or the end of a time; its callers look again what it is. */
    @SuppressWarnings("WaitNotInLoop")
    private void await(RequestTime time) throws InterruptedException {
        if (time.limited()) {
            changed.await(time.left(), TimeUnit.NANOSECONDS);
        } else {
            changed.await();
        }
    }

    /** Gives an answer's slot back; its owner calls this whatever happened. */
    void end(Sequence sequence) {
        lock.lock();
        try {
            sequence.released = true;
            if (!running) {
                dropReleased();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Scores continuations, and none of the prompt's own tokens. */
    List<double[]> score(int[] prompt, AdapterMix mix, List<int[]> continuations, RequestTime time) {
        return score(prompt, prompt.length, mix, continuations, time).continuations();
    }

    /**
     * Returns the log-probabilities of the tokens of each continuation after a prompt, which is read once; where the
     * session reads no trees it is copied to slots that are free, so that several continuations are read together.
     * Between two runs of the engine, answers under way get a turn.
     *
     * @param first the first token of the prompt that is scored too, after at least one; its length for none
     * @param time who asked, and until when
     * @throws CancellationException if the thread is interrupted, whose interrupt status stays set, or the time is over
     * @throws OverloadedException if too many wait
     */
    Scorer.Scored score(int[] prompt, int first, AdapterMix mix, List<int[]> continuations, RequestTime time) {
        int longest = continuations.stream().mapToInt(ids -> ids.length).max().orElse(0);
        int tokens = prompt.length + longest;
        requireRoom(tokens);
        rows.requirePossible(prompt.length, tokens);
        int useful = session.readsTrees() ? 1 : Math.min(Scorer.usefulSlots(continuations), COPIED / tokens);
        Waiting.Scoring scoring = new Waiting.Scoring(prompt, mix, tokens, time);
        List<CacheRows.Slot> held = new ArrayList<>();
        lock.lock();
        try {
            requireOpen();
            waiting.add(scoring);
            while (true) {
                requireOpen();
                cancelIfOver(scoring);
                if (!running && begins(scoring, held)) {
                    break;
                }
                if (running || !turn(true)) {
                    await(time);
                }
            }
            requireInputs(mix);
            for (CacheRows.Slot spare; held.size() < useful; held.add(spare)) {
                spare = rows.claimSpare(prompt, mix, tokens);
                if (spare == null) {
                    break;
                }
            }
            running = true;
            lock.unlock();
            try {
                time.trace().tell();
                return turn.score(held, scoring, first, continuations, () -> giveWay(scoring, held));
            } catch (InferenceException e) {
                held.stream().filter(rows::isThere).forEach(rows::clear);
                throw e;
            } finally {
                lock.lock();
                running = false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while scoring");
        } finally {
            waiting.remove(scoring);
            if (scorings.remove(scoring)) {
                waiting.end(scoring);
            }
            held.forEach(rows::release);
            if (!running) {
                dropReleased();
            }
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Whether a scoring is the next to begin and has a row now. */
    private boolean begins(Waiting.Scoring scoring, List<CacheRows.Slot> held) {
        if (waiting.next() != scoring) {
            return false;
        }
        CacheRows.Slot slot = rows.claim(scoring.prompt(), scoring.mix(), scoring.tokens());
        if (slot != null) {
            held.add(slot);
            waiting.begin(scoring);
            scorings.add(scoring);
        }
        return slot != null;
    }

    private static void cancelIfOver(Waiting.Scoring scoring) throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
        if (scoring.time().over()) {
            throw new CancellationException(
                    "the time limit of " + scoring.time().scheduling().timeLimit() + " passed while scoring");
        }
    }

    /** Lets the answers under way go on by a turn, while a scoring pauses between two runs. */
    private void giveWay(Waiting.Scoring scoring, List<CacheRows.Slot> held) throws InterruptedException {
        cancelIfOver(scoring);
        lock.lock();
        try {
            requireOpen();
            turn(false);
        } finally {
            running = true; // the scoring's; nobody ran in between, as the lock was held or a turn of this thread ran
            lock.unlock();
        }
        if (!held.stream().allMatch(rows::isThere)) {
            throw new InferenceException("there is no memory any more for what is scored");
        }
    }

    /**
     * Runs one turn; called with the lock, which it gives up while the engine runs.
     *
     * @param scoringMayBegin whether the turn is left out where a scoring is the next to begin, whose caller is on the
     *     way
     * @return false if there is nothing to do before something else changes
     */
    private boolean turn(boolean scoringMayBegin) {
        dropReleased();
        boolean more = false;
        while (waiting.next() instanceof Sequence next) {
            CacheRows.Slot slot = rows.claim(next.prompt(), next.mix(), next.tokens());
            if (slot == null) {
                break;
            }
            next.slot = slot;
            more = true;
            waiting.begin(next);
        }
        if (scoringMayBegin
                && waiting.next() instanceof Waiting.Scoring next
                && !more
                && rows.fits(next.prompt(), next.mix(), next.tokens())) {
            return false;
        }
        List<Sequence> live =
                sequences.stream().filter(s -> s.begun() && !s.over).toList();
        if (live.isEmpty()) {
            return false;
        }
        running = true;
        lock.unlock();
        Map<Sequence, List<Sequence.Step>> steps = new HashMap<>();
        RuntimeException failure = null;
        SchedulerStepEvent event = new SchedulerStepEvent();
        event.begin();
        try {
            settle(live);
            turn.run(live.stream().filter(s -> !s.over).toList(), steps);
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            event.end();
            lock.lock();
            running = false;
            changed.signalAll();
        }
        event.record(live.size(), turn.promptTokens(), steps);
        for (Sequence sequence : live) {
            sequence.out.addAll(steps.getOrDefault(sequence, List.of()));
            if (failure != null && sequence.failure == null) {
                sequence.fail(failure);
            }
            if (sequence.over) { // its owner may still read what is queued; the slot serves the next one
                release(sequence);
            }
        }
        dropReleased();
        return true;
    }

    private void release(Sequence sequence) {
        rows.release(sequence.slot());
        waiting.end(sequence);
    }

    /** Changes the cache to the size for all answers; those for which there is no memory end, the others go on. */
    private void settle(List<Sequence> live) {
        try {
            rows.settle();
        } catch (InferenceException e) {
            for (Sequence sequence : live) {
                if (!rows.isThere(sequence.slot())) {
                    sequence.fail(e);
                }
            }
        }
    }

    /** Replaces the engine between two turns; answers under way do not notice. */
    void adopt(Engine engine) {
        between(() -> session.adopt(engine));
    }

    /** Replaces the engine if no answer under way uses an adapter; returns whether it did. */
    boolean adoptForBase(Engine engine) {
        boolean[] adopted = {false};
        between(() -> {
            if (!usesAdapters()) {
                session.adopt(engine);
                adopted[0] = true;
            }
        });
        return adopted[0];
    }

    private void between(Runnable change) {
        lock.lock();
        try {
            while (running) {
                changed.awaitUninterruptibly();
            }
            requireOpen();
            change.run();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Refuses adapters that were unloaded since the request named them, so that they do not silently mean the base. */
    private void requireInputs(AdapterMix mix) {
        for (PreparedAdapter adapter : mix.adapters()) {
            if (!session.adapterInputs().covers(adapter.inputs())) {
                throw new IllegalArgumentException(
                        "adapter '" + adapter.name() + "' was unloaded while the request was on its way");
            }
        }
    }

    /**
     * Forgets an adapter that no request will name again: between two turns, and when no answer under way has it. Does
     * not wait for either.
     */
    void forget(PreparedAdapter adapter) {
        lock.lock();
        try {
            unloaded.add(adapter);
            if (!running) {
                dropReleased();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets adapters that were unloaded and that nothing under way has; between turns. */
    private void forgetUnloaded() {
        unloaded.removeIf(adapter -> {
            rows.forget(adapter);
            boolean used = Stream.concat(sequences.stream(), scorings.stream())
                    .anyMatch(each -> each.mix().has(adapter));
            if (!used && !closed) {
                session.forget(adapter);
            }
            return !used;
        });
    }

    /** Whether an answer or a scoring under way uses an adapter. */
    boolean usesAdapters() {
        lock.lock();
        try {
            return Stream.concat(sequences.stream(), scorings.stream())
                    .anyMatch(each -> !each.mix().parts().isEmpty());
        } finally {
            lock.unlock();
        }
    }

    private void dropReleased() {
        sequences.removeIf(sequence -> {
            if (sequence.released && sequence.slot != null && !sequence.over) {
                release(sequence);
            }
            if (sequence.released) {
                waiting.remove(sequence);
            }
            return sequence.released;
        });
        forgetUnloaded();
        changed.signalAll();
    }

    /** Returns the bytes of a row of so many tokens. */
    long bytes(int tokens) {
        return session.bytes(new int[] {tokens});
    }

    /** Counts of what waits and runs; those of the rows as of about now, since a turn may be changing them. */
    Load load() {
        lock.lock();
        try {
            return new Load(waiting.size(), waiting.held(), rows.keptTokens(), closed ? 0 : rows.bytes());
        } finally {
            lock.unlock();
        }
    }

    /** Returns the most bytes of all rows. */
    long memory() {
        return session.memory();
    }

    private void requireRoom(int tokens) {
        if (tokens > session.maxCapacity()) {
            throw new IllegalArgumentException("the prompt and its answer need at least " + tokens
                    + " tokens, the context holds " + session.maxCapacity()
                    + "; shorten the prompt or open the model with a larger context length");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed; open it again to use it");
        }
    }

    /** Waits for the turn under way, then closes the session; answers under way fail. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            while (running) {
                changed.awaitUninterruptibly();
            }
            session.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
