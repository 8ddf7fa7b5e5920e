package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.decoding.Sequence.Step;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.runtime.TextSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;

/**
 * A turn's work on the engine, which the scheduler does without its lock: a piece of one prompt and a step of every
 * answer, or a scoring. Not thread-safe.
 *
 * <p>Prompt tokens are read at least two at a time: that way the engine uses the same kernel for them each time, and an
 * answer does not depend on where its prompt was cut, to the bit.
 */
final class Turn {
    /** The tokens read between two steps: the others wait no longer than this takes. */
    private static final int CHUNK = 256;
    /** The rows that the engine's attention takes at a time. */
    private static final int BLOCK = 32;
    /** Up to so many mixes of adapters, their factors may stand side by side, whatever the number of rows. */
    private static final int FEW = 2;

    private final TextSession session;
    private final CacheRows rows;
    private final LogitReader reader;
    private int firstRow; // of the latest step
    private int endRow;
    private int promptTokens; // read by the latest run

    Turn(TextSession session, CacheRows rows) {
        this.session = session;
        this.rows = rows;
        this.reader = new LogitReader(session.vocabularySize());
    }

    /** Reads a piece of the first new prompt, then steps every answer that has been read; gives the step of each. */
    void run(List<Sequence> live, Map<Sequence, List<Step>> steps) {
        promptTokens = 0;
        for (Sequence sequence : live) {
            if (sequence.reading) {
                try {
                    readChunk(sequence, steps);
                } catch (InferenceException e) { // such as no memory for a piece of this prompt; the others go on
                    sequence.fail(e);
                }
                break;
            }
        }
        List<Sequence> stepping = live.stream()
                .filter(sequence -> sequence.steps() && !steps.containsKey(sequence))
                .toList();
        if (stepping.isEmpty()) {
            return;
        }
        if (stepping.size() == 1 && readDraft(stepping.get(0), steps)) {
            return;
        }
        chooseRows(stepping);
        int first = firstRow;
        int[] ids = new int[endRow - first];
        Arrays.fill(ids, -1);
        List<AdapterMix> mixes = new ArrayList<>(Collections.nCopies(ids.length, AdapterMix.IDLE));
        for (Sequence sequence : stepping) {
            int row = sequence.slot().index() - first;
            ids[row] = sequence.pending;
            mixes.set(row, sequence.mix());
        }
        Logits logits = session.step(first, ids, mixes);
        for (Sequence sequence : stepping) {
            attempt(
                    sequence,
                    () -> steps.put(
                            sequence,
                            List.of(choose(sequence, logits, sequence.slot().index() - first))));
        }
    }

    /**
     * Chooses the rows of a step: those from the first to the last answer. Where several adapters act, the rows of the
     * step before are taken again if they are few more, since for another number of them all factors would be packed
     * anew; a row's text ends, and another begins there, at nearly all times.
     */
    private void chooseRows(List<Sequence> stepping) {
        IntSummaryStatistics slots =
                stepping.stream().mapToInt(s -> s.slot().index()).summaryStatistics();
        int first = slots.getMin();
        int end = slots.getMax() + 1;
        long mixes = stepping.stream().map(Sequence::mix).distinct().count();
        if (mixes > FEW && endRow <= session.slots()) {
            int from = Math.min(first, firstRow);
            int to = Math.max(end, endRow);
            if (4 * (to - from) <= 5 * (end - first) + 3) {
                first = from;
                end = to;
            }
        }
        firstRow = first;
        endRow = end;
    }

    /**
     * Reads the pending token of an answer that steps alone, and a draft behind it, in one run that gives each the bits
     * of a step. Tokens are chosen from row after row, as from steps, as long as they are those of the draft; what was
     * read of it beyond is forgotten.
     *
     * @return false if there is no draft, or no room for one
     */
    private boolean readDraft(Sequence sequence, Map<Sequence, List<Step>> steps) {
        int slot = sequence.slot().index();
        int past = session.filled(slot);
        int most = session.mostRows();
        // products with an adapter's factors are not known to give a row the same bits among others
        if (most == 0 || !sequence.mix().parts().isEmpty() || past + most > session.capacity()) {
            return false;
        }
        int[] draft = sequence.draft(Math.min(most, sequence.left()) - 1);
        if (draft.length == 0) {
            return false;
        }
        int[] ids = new int[1 + draft.length];
        ids[0] = sequence.pending;
        System.arraycopy(draft, 0, ids, 1, draft.length);
        Logits logits = session.readRows(slot, ids, sequence.mix());
        List<Step> chosen = new ArrayList<>();
        attempt(sequence, () -> {
            do {
                chosen.add(choose(sequence, logits, chosen.size()));
            } while (!sequence.over && chosen.size() <= draft.length && sequence.pending == draft[chosen.size() - 1]);
            sequence.tried(draft.length, chosen.size() - 1);
            session.truncate(slot, past + chosen.size());
        });
        steps.put(sequence, chosen);
        return true;
    }

    /** The prompt tokens that the latest {@link #run} read. */
    int promptTokens() {
        return promptTokens;
    }

    /** Places a prompt, of which at most so many tokens are taken from those that are kept. */
    private void place(CacheRows.Slot slot, Waiting request, int most) {
        AdapterMix mix = request.mix();
        rows.place(slot, request.prompt(), mix);
        int taken = Math.min(session.filled(slot.index()), most) - mix.prefixTokens();
        request.time().trace().cached(Math.max(0, taken));
    }

    private void readChunk(Sequence sequence, Map<Sequence, List<Step>> steps) {
        CacheRows.Slot slot = sequence.slot();
        int[] prompt = sequence.prompt();
        if (!sequence.placed) {
            place(slot, sequence, prompt.length);
            sequence.placed = true;
        }
        int from = session.filled(slot.index());
        int to = chunkEnd(from, prompt.length);
        promptTokens = to - from;
        Logits logits = session.read(slot.index(), prompt, from, to, to - 1, sequence.mix());
        slot.read(prompt, to);
        sequence.reading = to < prompt.length;
        attempt(sequence, () -> {
            if (sequence.reading) {
                reader.read(logits, 0, sequence.mix(), to); // as soon as they are not finite
            } else {
                steps.put(sequence, List.of(choose(sequence, logits, 0)));
            }
        });
    }

    /**
     * Returns where a chunk that starts at a position ends; never so that one token is left alone, at the end or after
     * whole blocks of the attention's rows, since the engine computes a single row by another kernel.
     */
    static int chunkEnd(int from, int length) {
        int to = Math.min(length, from + CHUNK);
        to = to == length - 1 ? to - 1 : to;
        return (to - from) % BLOCK == 1 && to - from > 1 ? to - 2 : to;
    }

    /** Does a part of one answer; if it fails, this answer ends and the others of its batch go on. */
    private void attempt(Sequence sequence, Runnable part) {
        try {
            part.run();
        } catch (InferenceException e) {
            sequence.fail(e);
            rows.clear(sequence.slot());
        }
    }

    private Step choose(Sequence sequence, Logits logits, int row) {
        float[] values = reader.read(logits, row, sequence.mix(), sequence.length());
        Report report = sequence.report();
        double normalizer = report.logProbabilities() ? LogSoftmax.normalizer(values) : Double.NaN;
        List<Likeliest.Entry> likeliest = Likeliest.of(values, report.candidates(), normalizer);
        int id = sequence.chooser().choose(values);
        return id == Chooser.END
                ? sequence.stop()
                : sequence.take(id, logits.get(row * reader.vocabulary() + id) - normalizer, likeliest);
    }

    /**
     * Scores continuations.
     *
     * @param held slots for the prompt: the first reads it, the others get a copy
     * @param scoring the prompt and its adapters
     * @param first the first token of the prompt that is scored too, its length for none
     * @param pause what is done between two runs
     * @return the log-probabilities of the prompt's tokens from there on and of each continuation's
     * @throws InterruptedException if the pause says so; the slots hold the tokens they say
     */
    Scorer.Scored score(
            List<CacheRows.Slot> held,
            Waiting.Scoring scoring,
            int first,
            List<int[]> continuations,
            Scorer.Pause pause)
            throws InterruptedException {
        rows.settle();
        CacheRows.Slot slot = held.get(0);
        int[] prompt = scoring.prompt();
        place(slot, scoring, first < prompt.length ? first - 1 : prompt.length);
        Scorer scorer = new Scorer(session, reader, prompt, first, scoring.mix(), continuations, pause);
        if (first < prompt.length) {
            readScored(scorer, slot, prompt, first, pause);
        }
        for (int from = session.filled(slot.index()), to; from < prompt.length; from = to) {
            pause.between();
            to = chunkEnd(from, prompt.length);
            scorer.readPrompt(slot.index(), from, to);
            slot.read(prompt, to);
        }
        for (CacheRows.Slot other : held.subList(1, held.size())) {
            rows.copyPrompt(slot, other);
        }
        scorer.read(held.stream().mapToInt(CacheRows.Slot::index).sorted().toArray());
        return scorer.logProbabilities();
    }

    /** Reads a prompt whose tokens are scored from one on, then leaves its last two to be read as of other prompts. */
    private void readScored(Scorer scorer, CacheRows.Slot slot, int[] prompt, int first, Scorer.Pause pause)
            throws InterruptedException {
        int known = Math.min(session.filled(slot.index()), first - 1); // the logits after the others are needed
        session.truncate(slot.index(), known);
        slot.read(prompt, known);
        for (int from = known, to; from < prompt.length; from = to) {
            pause.between();
            to = Scorer.scoredEnd(from, prompt.length);
            scorer.readScored(slot.index(), from, to);
            slot.read(prompt, to);
        }
        session.truncate(slot.index(), prompt.length - 2);
        slot.read(prompt, prompt.length - 2);
    }
}
