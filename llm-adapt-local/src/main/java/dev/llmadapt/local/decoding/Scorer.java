package dev.llmadapt.local.decoding;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.runtime.TextSession;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A scoring of continuations after a prompt that slots hold. Short ones are read side by side, a token of each slot a
 * step; a long one is read as part of a prompt. Which of the two depends on the continuation alone, and a step gives a
 * slot the same bits whatever runs beside it: so a score does not depend on what else is scored, nor on how many slots
 * are free.
 */
final class Scorer {
    /** The most tokens of a continuation that is read in steps. */
    static final int SHORT = 8;
    /** The tokens of a long continuation that are read at once; bounds the memory for their logits. */
    private static final int SCORED = 64;

    private final TextSession session;
    private final LogitReader reader;
    private final int[] prompt;
    private final AdapterMix mix;
    private final List<int[]> continuations;
    private final NextTokens nextInSteps;
    private final NextTokens nextInText;

    Scorer(TextSession session, LogitReader reader, int[] prompt, AdapterMix mix, List<int[]> continuations) {
        this.session = session;
        this.reader = reader;
        this.prompt = prompt;
        this.mix = mix;
        this.continuations = continuations;
        this.nextInSteps =
                new NextTokens(continuations.stream().filter(Scorer::isShort).toList());
        this.nextInText = new NextTokens(
                continuations.stream().filter(ids -> !isShort(ids)).toList());
    }

    private static boolean isShort(int[] ids) {
        return ids.length <= SHORT;
    }

    /** Returns the number of slots that can be of use for some continuations, at least 1. */
    static int usefulSlots(List<int[]> continuations) {
        return (int) Math.max(
                1,
                continuations.stream()
                        .filter(ids -> ids.length > 1 && isShort(ids))
                        .count());
    }

    /** Records the logits after a piece of the prompt. */
    void recordPrompt(Logits logits, int length) {
        float[] row = reader.read(logits, 0, mix, length);
        if (length == prompt.length) {
            nextInSteps.record(List.of(), row);
            nextInText.record(List.of(), row);
        }
    }

    /**
     * Reads the continuations.
     *
     * @param slots hold the prompt, in ascending order, and have room for the longest continuation
     * @throws InterruptedException if the thread is interrupted; the slots still hold the prompt
     */
    void read(int[] slots) throws InterruptedException {
        readInSteps(slots);
        for (int[] ids : continuations) {
            if (!isShort(ids) && !nextInText.known(ids)) {
                readAsText(slots[0], ids);
            }
        }
    }

    /** Returns the log-probabilities of the tokens of each continuation. */
    List<double[]> logProbabilities() {
        return continuations.stream()
                .map(ids -> (isShort(ids) ? nextInSteps : nextInText).logProbabilities(ids))
                .toList();
    }

    private void readInSteps(int[] slots) throws InterruptedException {
        List<List<Walks.Visit>> walks =
                Walks.of(continuations.stream().filter(Scorer::isShort).toList(), slots.length);
        for (int step = 0; !walks.isEmpty() && step < walks.get(0).size(); step++) {
            cancelIfInterrupted();
            int at = step;
            int active = (int) walks.stream().filter(walk -> at < walk.size()).count(); // the longest come first
            int[] ids = new int[slots[active - 1] + 1];
            Arrays.fill(ids, -1);
            List<AdapterMix> mixes = Arrays.asList(new AdapterMix[ids.length]);
            Collections.fill(mixes, AdapterMix.NONE);
            for (int row = 0; row < active; row++) {
                Walks.Visit visit = walks.get(row).get(step);
                session.truncate(slots[row], prompt.length + visit.depth());
                ids[slots[row]] = visit.token();
                mixes.set(slots[row], mix);
            }
            Logits logits = session.step(ids, mixes);
            for (int row = 0; row < active; row++) {
                Walks.Visit visit = walks.get(row).get(step);
                List<Integer> beginning = NextTokens.beginning(visit.path(), visit.depth() + 1);
                nextInSteps.record(beginning, reader.read(logits, slots[row], mix, prompt.length + beginning.size()));
            }
        }
    }

    /** Reads a continuation but its last token, and records the logits after each. */
    private void readAsText(int slot, int[] ids) throws InterruptedException {
        int[] text = Arrays.copyOf(prompt, prompt.length + ids.length - 1);
        System.arraycopy(ids, 0, text, prompt.length, ids.length - 1);
        // from the prompt's last token on, so that at least two are read and the same kernel computes them each time
        int start = prompt.length - 1;
        session.truncate(slot, start);
        for (int from = start, to; from < text.length; from = to) {
            cancelIfInterrupted();
            to = Turn.chunkEnd(from, Math.min(text.length, from + SCORED));
            to = to + 1 == text.length ? to - 1 : to;
            int wanted = Math.max(from, prompt.length);
            Logits logits = session.read(slot, text, from, to, wanted, mix);
            for (int position = wanted; position < to; position++) {
                nextInText.record(
                        NextTokens.beginning(ids, position - prompt.length + 1),
                        reader.read(logits, position - wanted, mix, position + 1));
            }
        }
    }

    static void cancelIfInterrupted() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
    }
}
