package dev.llmadapt.peft.decoding;

import dev.llmadapt.peft.InferenceException;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.runtime.Engine;
import dev.llmadapt.peft.runtime.Logits;
import dev.llmadapt.peft.runtime.TextSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs the answers of all callers together over one session (continuous batching; Yu et al. 2022, Orca), without a thread
 * of its own: whichever caller waits for a token runs the next turn for everyone, the others find their token when it is
 * over. A turn reads a piece of one new prompt, then steps every answer by a token.
 *
 * <p>Shared instructions and examples are read once, see {@link CacheRows}. Only prompt tokens are reused, and always read
 * at least two at a time: that way the engine uses the same kernel for them each time, and an answer does not depend on
 * what was asked before, to the bit.
 *
 * <p>Answers and scorings begin in the order in which they came, as soon as there is a row and memory for all of their
 * tokens; one that has to wait lets none pass, so that long texts are not kept waiting by short ones for ever.
 *
 * <p>Thread-safe.
 */
final class Scheduler implements AutoCloseable {
    /** Tokens read between two steps: the others wait no longer than this takes. */
    private static final int CHUNK = 256;
    /** Rows that the engine's attention takes at a time. */
    private static final int BLOCK = 32;
    /** The most tokens of all slots together that one prompt is copied to for scoring; bounds the memory it takes. */
    private static final int COPIED = 2048;

    private final TextSession session;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final List<Sequence> sequences = new ArrayList<>(); // guarded by lock, oldest first
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by lock, in the order of their rows
    private final CacheRows rows; // changed by the turn, or with the lock between turns
    private final LogitReader reader; // belongs to the turn
    private boolean running; // guarded by lock: a turn or a scoring is under way
    private boolean closed; // guarded by lock

    Scheduler(TextSession session, int maxSlots) {
        this.session = session;
        this.rows = new CacheRows(session, maxSlots);
        this.reader = new LogitReader(session.vocabularySize());
    }

    /** What has no row yet. */
    sealed interface Waiting {
        int[] prompt();

        AdapterMix mix();

        /** Of prompt and answer, or the longest continuation. */
        int tokens();
    }

    private static final class Scoring implements Waiting {
        private final int[] prompt;
        private final AdapterMix mix;
        private final int tokens;

        Scoring(int[] prompt, AdapterMix mix, int tokens) {
            this.prompt = prompt;
            this.mix = mix;
            this.tokens = tokens;
        }

        @Override
        public int[] prompt() {
            return prompt;
        }

        @Override
        public AdapterMix mix() {
            return mix;
        }

        @Override
        public int tokens() {
            return tokens;
        }
    }

    /** An answer under way. Its fields belong to the turn; {@code out}, {@code over} and {@code failure} to the lock. */
    static final class Sequence implements Waiting {
        private final int[] prompt;
        private final AdapterMix mix;
        private final int maxTokens;
        private final Chooser chooser;
        private final boolean logProbabilities;
        private final ArrayDeque<Step> out = new ArrayDeque<>();
        private CacheRows.@Nullable Slot slot;
        private int pending; // the chosen token that the next step reads
        private int chosen;
        private boolean placed; // its slot is cut to what can be reused
        private boolean reading = true;
        private boolean over;
        private boolean released;
        private @Nullable RuntimeException failure;

        Sequence(int[] prompt, AdapterMix mix, int maxTokens, Chooser chooser, boolean logProbabilities) {
            this.prompt = prompt;
            this.mix = mix;
            this.maxTokens = maxTokens;
            this.chooser = chooser;
            this.logProbabilities = logProbabilities;
        }

        /** Whether it has a row. */
        boolean begun() {
            return slot != null;
        }

        @Override
        public int[] prompt() {
            return prompt;
        }

        @Override
        public AdapterMix mix() {
            return mix;
        }

        @Override
        public int tokens() {
            return prompt.length + maxTokens;
        }
    }

    /** Why {@link #next} gives no token. */
    enum End {
        NONE,
        STOP,
        LENGTH,
        INTERRUPTED
    }

    /**
     * What happened to an answer.
     *
     * @param end why it is over, {@link End#NONE} while it is not
     * @param id the token, or -1 where there is none
     * @param logProbability its log-probability, NaN when not asked for
     */
    record Step(End end, int id, double logProbability) {
        static Step over(End end) {
            return new Step(end, -1, Double.NaN);
        }
    }

    /**
     * Queues an answer.
     *
     * @param prompt at least one token after the mix's virtual ones
     * @param mix the adapters that act on it
     * @param maxTokens the most tokens of the answer
     * @throws IllegalArgumentException if prompt and answer can never fit into the context or the memory
     */
    Sequence start(int[] prompt, AdapterMix mix, int maxTokens, Chooser chooser, boolean logProbabilities) {
        requireRoom(prompt.length + 1);
        int most = Math.min(maxTokens, session.maxCapacity() - prompt.length);
        rows.requirePossible(prompt.length, prompt.length + most);
        Sequence sequence = new Sequence(prompt, mix, most, chooser, logProbabilities);
        lock.lock();
        try {
            requireOpen();
            requireInputs(mix);
            sequences.add(sequence);
            waiting.add(sequence);
        } finally {
            lock.unlock();
        }
        return sequence;
    }

    /** The next token of an answer, or why there is none; runs turns until then if nobody else does. */
    Step next(Sequence sequence) {
        lock.lock();
        try {
            while (true) {
                if (Thread.currentThread().isInterrupted()) {
                    return Step.over(End.INTERRUPTED);
                }
                Step ready = sequence.out.poll();
                if (ready != null) {
                    return ready;
                }
                if (sequence.failure != null) {
                    throw sequence.failure;
                }
                requireOpen();
                if (running || !turn()) {
                    changed.await();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Step.over(End.INTERRUPTED);
        } finally {
            lock.unlock();
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

    /**
     * The log-probabilities of the tokens of each continuation after a prompt, which is read once and copied to slots that
     * are free, so that several continuations are read together.
     *
     * @throws CancellationException if the thread is interrupted; its interrupt status stays set
     */
    List<double[]> score(int[] prompt, AdapterMix mix, List<int[]> continuations) {
        int longest = continuations.stream().mapToInt(ids -> ids.length).max().orElse(0);
        int tokens = prompt.length + longest;
        requireRoom(tokens);
        rows.requirePossible(prompt.length, tokens);
        int useful = Math.min(Scorer.usefulSlots(continuations), COPIED / tokens);
        Scoring scoring = new Scoring(prompt, mix, tokens);
        List<CacheRows.Slot> held = new ArrayList<>();
        lock.lock();
        try {
            requireOpen();
            waiting.add(scoring);
            while (true) {
                requireOpen();
                if (!running && begins(scoring, held)) {
                    break;
                }
                if (running || !turn()) {
                    changed.await();
                } else {
                    Scorer.cancelIfInterrupted();
                }
            }
            waiting.remove();
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
                return scoreIn(held, prompt, mix, continuations);
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
            held.forEach(rows::release);
            if (!running) {
                dropReleased();
            }
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Whether a scoring is the next to begin and has a row now. */
    private boolean begins(Scoring scoring, List<CacheRows.Slot> held) {
        if (waiting.peek() != scoring) {
            return false;
        }
        CacheRows.Slot slot = rows.claim(scoring.prompt, scoring.mix, scoring.tokens);
        if (slot != null) {
            held.add(slot);
        }
        return slot != null;
    }

    private List<double[]> scoreIn(List<CacheRows.Slot> held, int[] prompt, AdapterMix mix, List<int[]> continuations)
            throws InterruptedException {
        rows.settle();
        CacheRows.Slot slot = held.get(0);
        rows.place(slot, prompt, mix);
        Scorer scorer = new Scorer(session, reader, prompt, mix, continuations);
        for (int from = session.filled(slot.index()), to; from < prompt.length; from = to) {
            Scorer.cancelIfInterrupted();
            to = chunkEnd(from, prompt.length);
            Logits logits = session.read(slot.index(), prompt, from, to, to - 1, mix);
            slot.read(prompt, to);
            scorer.recordPrompt(logits, to);
        }
        for (CacheRows.Slot other : held.subList(1, held.size())) {
            rows.copyPrompt(slot, other);
        }
        scorer.read(held.stream().mapToInt(CacheRows.Slot::index).sorted().toArray());
        return scorer.logProbabilities();
    }

    /**
     * One turn; called with the lock, which it gives up while the engine runs.
     *
     * @return false if there is nothing to do before something else changes
     */
    private boolean turn() {
        dropReleased();
        boolean more = false;
        while (waiting.peek() instanceof Sequence next) {
            CacheRows.Slot slot = rows.claim(next.prompt, next.mix, next.tokens());
            if (slot == null) {
                break;
            }
            next.slot = slot;
            more = true;
            waiting.remove();
        }
        if (waiting.peek() instanceof Scoring next && !more && rows.fits(next.prompt, next.mix, next.tokens)) {
            return false; // its caller is on the way
        }
        List<Sequence> live =
                sequences.stream().filter(s -> s.slot != null && !s.over).toList();
        if (live.isEmpty()) {
            return false;
        }
        running = true;
        lock.unlock();
        Map<Sequence, Step> steps = new HashMap<>();
        RuntimeException failure = null;
        try {
            settle(live);
            run(live.stream().filter(s -> !s.over).toList(), steps);
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            lock.lock();
            running = false;
            changed.signalAll();
        }
        for (Sequence sequence : live) {
            Step step = steps.get(sequence);
            if (step != null) {
                sequence.out.add(step);
            }
            if (failure != null && sequence.failure == null) {
                sequence.failure = failure;
                sequence.over = true;
            }
            if (sequence.over) { // its owner may still read what is queued; the slot serves the next one
                rows.release(slot(sequence));
            }
        }
        dropReleased();
        return true;
    }

    /** Gives the cache the size for all; answers for which there is no memory are over, the others go on. */
    private void settle(List<Sequence> live) {
        try {
            rows.settle();
        } catch (InferenceException e) {
            for (Sequence sequence : live) {
                if (!rows.isThere(slot(sequence))) {
                    sequence.failure = e;
                    sequence.over = true;
                }
            }
        }
    }

    private void run(List<Sequence> live, Map<Sequence, Step> steps) {
        for (Sequence sequence : live) {
            if (sequence.reading) {
                try {
                    readChunk(sequence, steps);
                } catch (InferenceException e) { // such as no memory for a piece of this prompt; the others go on
                    sequence.failure = e;
                    sequence.over = true;
                }
                break;
            }
        }
        int[] ids = new int[0];
        List<AdapterMix> mixes = new ArrayList<>();
        for (Sequence sequence : live) {
            if (!sequence.reading && !sequence.over && !steps.containsKey(sequence)) {
                int slot = slot(sequence).index();
                if (slot >= ids.length) {
                    int before = ids.length;
                    ids = Arrays.copyOf(ids, slot + 1);
                    Arrays.fill(ids, before, slot, -1);
                    mixes.addAll(Collections.nCopies(slot + 1 - before, AdapterMix.NONE));
                }
                ids[slot] = sequence.pending;
                mixes.set(slot, sequence.mix);
            }
        }
        if (ids.length == 0) {
            return;
        }
        Logits logits = session.step(ids, mixes);
        for (Sequence sequence : live) {
            if (!sequence.reading && !sequence.over && !steps.containsKey(sequence)) {
                attempt(
                        sequence,
                        () -> steps.put(
                                sequence,
                                choose(sequence, logits, slot(sequence).index())));
            }
        }
    }

    private void readChunk(Sequence sequence, Map<Sequence, Step> steps) {
        CacheRows.Slot slot = slot(sequence);
        int[] prompt = sequence.prompt;
        if (!sequence.placed) {
            rows.place(slot, prompt, sequence.mix);
            sequence.placed = true;
        }
        int from = session.filled(slot.index());
        int to = chunkEnd(from, prompt.length);
        Logits logits = session.read(slot.index(), prompt, from, to, to - 1, sequence.mix);
        slot.read(prompt, to);
        sequence.reading = to < prompt.length;
        attempt(sequence, () -> {
            if (sequence.reading) {
                reader.read(logits, 0, sequence.mix, to); // as soon as they are not finite
            } else {
                steps.put(sequence, choose(sequence, logits, 0));
            }
        });
    }

    /**
     * Where a chunk that starts at a place ends; never so that one token is left alone, at the end or after whole blocks of
     * the attention's rows, since the engine computes a single row by another kernel.
     */
    static int chunkEnd(int from, int length) {
        int to = Math.min(length, from + CHUNK);
        to = to == length - 1 ? to - 1 : to;
        return (to - from) % BLOCK == 1 && to - from > 1 ? to - 2 : to;
    }

    /** Does a part of one answer: if it cannot go on it is over, and the others of its batch are not. */
    private void attempt(Sequence sequence, Runnable part) {
        try {
            part.run();
        } catch (InferenceException e) {
            sequence.failure = e;
            sequence.over = true;
            rows.clear(slot(sequence));
        }
    }

    private Step choose(Sequence sequence, Logits logits, int row) {
        float[] values = reader.read(logits, row, sequence.mix, sequence.prompt.length + sequence.chosen);
        double normalizer = sequence.logProbabilities ? LogSoftmax.normalizer(values) : Double.NaN;
        int id = sequence.chooser.choose(values);
        if (id == Chooser.END) {
            sequence.over = true;
            return Step.over(End.STOP);
        }
        sequence.pending = id;
        sequence.chosen++;
        End end =
                sequence.chooser.complete() ? End.STOP : sequence.chosen == sequence.maxTokens ? End.LENGTH : End.NONE;
        sequence.over = end != End.NONE;
        return new Step(end, id, logits.get(row * reader.vocabulary() + id) - normalizer);
    }

    /** Between two turns, goes on with another engine; answers under way do not notice. */
    void adopt(Engine engine) {
        between(() -> session.adopt(engine));
    }

    /** The same if no answer under way uses an adapter. */
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

    /** An adapter that was unloaded since the request named it must not silently mean the base. */
    private void requireInputs(AdapterMix mix) {
        for (ReadyAdapter adapter : mix.adapters()) {
            if (!session.adapterInputs().covers(adapter.inputs())) {
                throw new IllegalArgumentException(
                        "adapter '" + adapter.name() + "' was unloaded while the request was on its way");
            }
        }
    }

    /** Lets go of what slots keep for an adapter that is not used again, but for answers under way. */
    void forget(ReadyAdapter adapter) {
        between(() -> {
            rows.forget(adapter);
            if (sequences.stream().noneMatch(sequence -> sequence.mix.has(adapter))) {
                session.forget(adapter);
            }
        });
    }

    /** Whether an answer under way uses an adapter. */
    boolean usesAdapters() {
        lock.lock();
        try {
            return sequences.stream().anyMatch(sequence -> !sequence.mix.parts().isEmpty());
        } finally {
            lock.unlock();
        }
    }

    private void dropReleased() {
        sequences.removeIf(sequence -> {
            if (sequence.released && sequence.slot != null && !sequence.over) {
                rows.release(sequence.slot);
            }
            if (sequence.released) {
                waiting.remove(sequence);
            }
            return sequence.released;
        });
        changed.signalAll();
    }

    private static CacheRows.Slot slot(Sequence sequence) {
        return Objects.requireNonNull(sequence.slot);
    }

    /** Bytes of a row of so many tokens. */
    long bytes(int tokens) {
        return session.bytes(1, tokens);
    }

    /** The most bytes of all rows. */
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
