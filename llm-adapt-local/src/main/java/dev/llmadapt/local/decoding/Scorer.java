package dev.llmadapt.local.decoding;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.runtime.TextSession;
import dev.llmadapt.local.runtime.TokenTree;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A scoring of continuations after a prompt. Short ones are read with the end of the prompt in one run, as a tree in
 * which they share their beginnings; where a session reads no trees, side by side in slots that hold the prompt, a
 * token of each slot a step. A long one is read as part of a prompt. How a continuation is read depends on itself and
 * on the session alone, and a tree and a step give a token the same bits whatever is read beside it: so a score does
 * not depend on what else is scored, nor on how many slots are free.
 */
final class Scorer {
    /** The most tokens of a continuation that is read in a tree or in steps; its last one is not read. */
    static final int SHORT = 8;
    /** The most tokens of a tree; bounds the memory for their logits. */
    private static final int TREE = 64;
    /** The tokens of a long continuation that are read at once; bounds the memory for their logits. */
    static final int SCORED = 64;

    private final TextSession session;
    private final LogitReader reader;
    private final int[] prompt;
    private final double[] ofPrompt; // the log-probabilities of its last tokens
    private final AdapterMix mix;
    private final List<int[]> continuations;
    private final NextTokens nextInShort;
    private final NextTokens nextInText;
    private final Pause pause;

    /**
     * Log-probabilities of tokens.
     *
     * @param prompt those of the prompt's last tokens, as many as were asked for
     * @param continuations those of each continuation
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Scored(double[] prompt, List<double[]> continuations) {}

    /** What is done between two runs of the engine, such as others' work; rows and what they hold stay. */
    interface Pause {
        /**
         * Does it.
         *
         * @throws InterruptedException if the scoring is to stop
         */
        void between() throws InterruptedException;
    }

    /**
     * Makes a scorer.
     *
     * @param first the first token of the prompt that is scored too, after at least one; its length for none
     */
    Scorer(
            TextSession session,
            LogitReader reader,
            int[] prompt,
            int first,
            AdapterMix mix,
            List<int[]> continuations,
            Pause pause) {
        this.pause = pause;
        this.session = session;
        this.reader = reader;
        this.prompt = prompt;
        this.ofPrompt = new double[prompt.length - first];
        this.mix = mix;
        this.continuations = continuations;
        this.nextInShort = new NextTokens(shortOnes());
        this.nextInText = new NextTokens(
                continuations.stream().filter(ids -> !isShort(ids)).toList());
    }

    private List<int[]> shortOnes() {
        return continuations.stream().filter(Scorer::isShort).toList();
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

    /** Reads a piece of the prompt, and with the last one what can be read together with it. */
    void readPrompt(int slot, int from, int to) throws InterruptedException {
        if (to == prompt.length && inTree()) {
            readWithTree(slot, from);
            return;
        }
        float[] row = reader.read(session.read(slot, prompt, from, to, to - 1, mix), 0, mix, to);
        if (to == prompt.length) {
            recordPrompt(row);
        }
    }

    /** Returns the first token of the prompt that is scored; its length for none. */
    private int first() {
        return prompt.length - ofPrompt.length;
    }

    /** Reads a piece of the prompt, of whose tokens some are scored, but without what can be read together with it. */
    void readScored(int slot, int from, int to) {
        int wanted = Math.min(to - 1, Math.max(from, first() - 1));
        Logits logits = session.read(slot, prompt, from, to, wanted, mix);
        for (int position = wanted; position < to; position++) {
            float[] row = reader.read(logits, position - wanted, mix, position + 1);
            int next = position + 1;
            if (next >= first() && next < prompt.length) {
                ofPrompt[next - first()] = row[prompt[next]] - LogSoftmax.normalizer(row);
            }
        }
    }

    /** Whether short ones are read in a tree; a text of one token alone would be computed by another kernel. */
    private boolean inTree() {
        return session.readsTrees() && prompt.length - mix.prefixTokens() > 1;
    }

    private void recordPrompt(float[] row) {
        nextInShort.record(List.of(), row);
        nextInText.record(List.of(), row);
    }

    private void readWithTree(int slot, int start) throws InterruptedException {
        List<List<Walks.Visit>> walks = Walks.within(shortOnes(), TREE);
        if (walks.isEmpty()) { // the last two rows, as there are several with a tree
            Logits logits = session.read(slot, prompt, start, prompt.length, prompt.length - 2, mix);
            recordPrompt(reader.read(logits, 1, mix, prompt.length));
        }
        for (int i = 0; i < walks.size(); i++) {
            pause.between();
            List<Walks.Visit> walk = walks.get(i);
            int from = i == 0 ? start : prompt.length - 2;
            session.truncate(slot, from);
            Logits logits = session.readTree(slot, prompt, from, tree(walk), mix);
            if (i == 0) {
                recordPrompt(reader.read(logits, 0, mix, prompt.length));
            }
            for (int node = 0; node < walk.size(); node++) {
                record(walk.get(node), logits, 1 + node);
            }
        }
    }

    private static TokenTree tree(List<Walks.Visit> walk) {
        int[] tokens = walk.stream().mapToInt(Walks.Visit::token).toArray();
        int[] parents = new int[tokens.length];
        int[] last = new int[SHORT]; // the latest at each depth
        for (int node = 0; node < parents.length; node++) {
            int depth = walk.get(node).depth();
            parents[node] = depth == 0 ? -1 : last[depth - 1];
            last[depth] = node;
        }
        return new TokenTree(tokens, parents);
    }

    private void record(Walks.Visit visit, Logits logits, int row) {
        List<Integer> beginning = NextTokens.beginning(visit.path(), visit.depth() + 1);
        nextInShort.record(beginning, reader.read(logits, row, mix, prompt.length + beginning.size()));
    }

    /**
     * Reads the continuations that were not read with the prompt.
     *
     * @param slots hold the prompt, in ascending order, and have room for the longest continuation
     * @throws InterruptedException if the thread is interrupted; the slots still hold the prompt
     */
    void read(int[] slots) throws InterruptedException {
        if (!inTree()) {
            readInSteps(slots);
        }
        for (int[] ids : continuations) {
            if (!isShort(ids) && !nextInText.known(ids)) {
                readAsText(slots[0], ids);
            }
        }
    }

    /** Returns the log-probabilities of the tokens of the prompt's end and of each continuation. */
    Scored logProbabilities() {
        return new Scored(
                ofPrompt,
                continuations.stream()
                        .map(ids -> (isShort(ids) ? nextInShort : nextInText).logProbabilities(ids))
                        .toList());
    }

    private void readInSteps(int[] slots) throws InterruptedException {
        List<List<Walks.Visit>> walks = Walks.of(shortOnes(), slots.length);
        for (int step = 0; !walks.isEmpty() && step < walks.get(0).size(); step++) {
            pause.between();
            int at = step;
            int active = (int) walks.stream().filter(walk -> at < walk.size()).count(); // the longest come first
            int first = slots[0]; // they ascend
            int[] ids = new int[slots[active - 1] - first + 1];
            Arrays.fill(ids, -1);
            List<AdapterMix> mixes = Arrays.asList(new AdapterMix[ids.length]);
            Collections.fill(mixes, AdapterMix.NONE);
            for (int row = 0; row < active; row++) {
                Walks.Visit visit = walks.get(row).get(step);
                session.truncate(slots[row], prompt.length + visit.depth());
                ids[slots[row] - first] = visit.token();
                mixes.set(slots[row] - first, mix);
            }
            Logits logits = session.step(first, ids, mixes);
            for (int row = 0; row < active; row++) {
                record(walks.get(row).get(step), logits, slots[row] - first);
            }
        }
    }

    /** Returns where a piece ends of which all logits are wanted; never so that one token is left alone. */
    static int scoredEnd(int from, int length) {
        int to = Turn.chunkEnd(from, Math.min(length, from + SCORED));
        return to + 1 == length ? to - 1 : to;
    }

    /** Reads a continuation but its last token, and records the logits after each. */
    private void readAsText(int slot, int[] ids) throws InterruptedException {
        int[] text = Arrays.copyOf(prompt, prompt.length + ids.length - 1);
        System.arraycopy(ids, 0, text, prompt.length, ids.length - 1);
        // from the prompt's last token on, so that at least two are read and the same kernel computes them each time
        int start = prompt.length - 1;
        session.truncate(slot, start);
        for (int from = start, to; from < text.length; from = to) {
            pause.between();
            to = scoredEnd(from, text.length);
            int wanted = Math.max(from, prompt.length);
            Logits logits = session.read(slot, text, from, to, wanted, mix);
            for (int position = wanted; position < to; position++) {
                nextInText.record(
                        NextTokens.beginning(ids, position - prompt.length + 1),
                        reader.read(logits, position - wanted, mix, position + 1));
            }
        }
    }
}
