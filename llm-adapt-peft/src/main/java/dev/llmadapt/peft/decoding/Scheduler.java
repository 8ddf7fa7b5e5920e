package dev.llmadapt.peft.decoding;

import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.runtime.Engine;
import dev.llmadapt.peft.runtime.TextSession;
import java.nio.FloatBuffer;
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
 * <p>A slot keeps what it has read after its answer is over, and a new prompt goes to the slot with which it shares the
 * longest beginning, so that shared instructions and examples are read once. Only prompt tokens are reused, and always
 * read at least two at a time: that way the engine uses the same kernel for them each time, and an answer does not depend
 * on what was asked before, to the bit.
 *
 * <p>Thread-safe.
 */
final class Scheduler implements AutoCloseable {
    /** Tokens read between two steps: the others wait no longer than this takes. */
    private static final int CHUNK = 256;
    /** The most tokens of all slots together that one prompt is copied to for scoring; bounds the memory it takes. */
    private static final int COPIED = 2048;
    /** Slots grow by this many tokens at least. */
    private static final int GRAIN = 256;

    private final TextSession session;
    private final int maxSlots;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final List<Sequence> sequences = new ArrayList<>(); // guarded by lock, oldest first
    private final List<Slot> slots = new ArrayList<>(); // guarded by lock; what they hold belongs to the turn
    private final float[] scratch; // the logits of one position; belongs to the turn
    private boolean running; // guarded by lock: a turn or a scoring is under way
    private boolean closed; // guarded by lock

    Scheduler(TextSession session, int maxSlots) {
        this.session = session;
        this.maxSlots = maxSlots;
        this.scratch = new float[session.vocabularySize()];
    }

    /** A row of the cache. */
    private static final class Slot {
        final int index;
        int[] read = {}; // prompt tokens whose keys and values it holds
        AdapterMix mix = AdapterMix.NONE; // what acted on them
        boolean taken;

        Slot(int index) {
            this.index = index;
        }
    }

    /** An answer under way. Its fields belong to the turn; {@code out}, {@code over} and {@code failure} to the lock. */
    static final class Sequence {
        private final int[] prompt;
        private final AdapterMix mix;
        private final int maxTokens;
        private final Chooser chooser;
        private final boolean logProbabilities;
        private final ArrayDeque<Step> out = new ArrayDeque<>();
        private @Nullable Slot slot;
        private int pending; // the chosen token that the next step reads
        private int chosen;
        private boolean placed; // its slot is cut to what can be reused, and has room
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
     */
    Sequence start(int[] prompt, AdapterMix mix, int maxTokens, Chooser chooser, boolean logProbabilities) {
        requireRoom(prompt.length + 1);
        int most = Math.min(maxTokens, session.maxCapacity() - prompt.length);
        Sequence sequence = new Sequence(prompt, mix, most, chooser, logProbabilities);
        lock.lock();
        try {
            requireOpen();
            requireInputs(mix);
            sequences.add(sequence);
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
                if (running) {
                    changed.await();
                } else {
                    turn();
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
        requireRoom(prompt.length + longest);
        int useful = Math.min(Scorer.usefulSlots(continuations), COPIED / (prompt.length + longest));
        lock.lock();
        try {
            Slot free;
            requireOpen();
            while (running || (free = freeSlot(prompt, mix)) == null) {
                changed.await();
                requireOpen();
            }
            requireInputs(mix);
            running = true;
            List<Slot> held = new ArrayList<>();
            for (Slot next = free; next != null; next = held.size() < useful ? freeSlot(prompt, mix) : null) {
                next.taken = true;
                held.add(next);
            }
            lock.unlock();
            try {
                return scoreIn(held, prompt, mix, continuations);
            } finally {
                lock.lock();
                held.forEach(slot -> slot.taken = false);
                running = false;
                dropReleased();
                changed.signalAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while scoring");
        } finally {
            lock.unlock();
        }
    }

    private List<double[]> scoreIn(List<Slot> held, int[] prompt, AdapterMix mix, List<int[]> continuations)
            throws InterruptedException {
        int longest = continuations.stream().mapToInt(ids -> ids.length).max().orElse(0);
        Slot slot = held.get(0);
        place(slot, prompt, mix, prompt.length + longest);
        Scorer scorer = new Scorer(session, scratch, prompt, mix, continuations);
        for (int from = session.filled(slot.index), to; from < prompt.length; from = to) {
            Scorer.cancelIfInterrupted();
            to = chunkEnd(from, prompt.length);
            FloatBuffer logits = session.read(slot.index, prompt, from, to, to - 1, slot.mix);
            slot.read = Arrays.copyOf(prompt, to);
            if (to == prompt.length) {
                scorer.recordPrompt(logits);
            }
        }
        int[] indices = held.stream().mapToInt(each -> each.index).sorted().toArray();
        session.reserve(indices[indices.length - 1] + 1, session.capacity());
        for (Slot other : held.subList(1, held.size())) {
            copyPrompt(slot, other);
        }
        scorer.read(indices);
        return scorer.logProbabilities();
    }

    /** Makes a slot hold what another does that has just read a prompt; what both have is left as it is. */
    private void copyPrompt(Slot from, Slot to) {
        int same = Math.min(common(to, from.read, from.mix), session.filled(to.index));
        session.copy(from.index, to.index, same, from.read.length);
        to.mix = from.mix;
        to.read = from.read;
    }

    private float[] row(FloatBuffer logits, int row) {
        logits.get(row * scratch.length, scratch);
        return scratch;
    }

    /** One turn; called with the lock, which it gives up while the engine runs. */
    private void turn() {
        dropReleased();
        for (Sequence sequence : sequences) {
            if (sequence.slot == null && !sequence.over) {
                Slot slot = freeSlot(sequence.prompt, sequence.mix);
                if (slot == null) {
                    break;
                }
                slot.taken = true;
                sequence.slot = slot;
            }
        }
        List<Sequence> live =
                sequences.stream().filter(s -> s.slot != null && !s.over).toList();
        running = true;
        lock.unlock();
        Map<Sequence, Step> steps = new HashMap<>();
        RuntimeException failure = null;
        try {
            run(live, steps);
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
            if (failure != null) {
                sequence.failure = failure;
                sequence.over = true;
            }
            if (sequence.over) { // its owner may still read what is queued; the slot serves the next one
                slot(sequence).taken = false;
            }
        }
        dropReleased();
    }

    private void run(List<Sequence> live, Map<Sequence, Step> steps) {
        for (Sequence sequence : live) {
            if (sequence.reading) {
                readChunk(sequence, steps);
                break;
            }
        }
        int[] ids = new int[0];
        List<AdapterMix> mixes = new ArrayList<>();
        for (Sequence sequence : live) {
            if (!sequence.reading && !sequence.over && !steps.containsKey(sequence)) {
                int slot = slot(sequence).index;
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
        FloatBuffer logits = session.step(ids, mixes);
        for (Sequence sequence : live) {
            if (!sequence.reading && !sequence.over && !steps.containsKey(sequence)) {
                steps.put(sequence, choose(sequence, logits, slot(sequence).index));
            }
        }
    }

    private void readChunk(Sequence sequence, Map<Sequence, Step> steps) {
        Slot slot = slot(sequence);
        int[] prompt = sequence.prompt;
        if (!sequence.placed) {
            place(slot, prompt, sequence.mix, prompt.length + sequence.maxTokens + 1);
            sequence.placed = true;
        }
        int from = session.filled(slot.index);
        int to = chunkEnd(from, prompt.length);
        FloatBuffer logits = session.read(slot.index, prompt, from, to, to - 1, slot.mix);
        slot.read = Arrays.copyOf(prompt, to);
        if (to == prompt.length) {
            sequence.reading = false;
            steps.put(sequence, choose(sequence, logits, 0));
        }
    }

    /** Where a chunk that starts at a place ends; never so that one token is left alone. */
    static int chunkEnd(int from, int length) {
        int to = Math.min(length, from + CHUNK);
        return to == length - 1 ? to - 1 : to;
    }

    private Step choose(Sequence sequence, FloatBuffer logits, int row) {
        float[] values = row(logits, row);
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
        return new Step(end, id, logits.get(row * scratch.length + id) - normalizer);
    }

    /** Makes room in a slot and cuts it to what the prompt can reuse. */
    private void place(Slot slot, int[] prompt, AdapterMix mix, int tokens) {
        int grains = (tokens + GRAIN - 1) / GRAIN;
        session.reserve(slot.index + 1, Math.min(session.maxCapacity(), grains * GRAIN));
        int reused = Math.min(shared(slot, prompt, mix), session.filled(slot.index));
        if (reused < mix.prefixTokens()) {
            session.preload(slot.index, mix);
            reused = mix.prefixTokens();
        } else {
            session.truncate(slot.index, reused);
        }
        slot.mix = mix;
        slot.read = Arrays.copyOf(prompt, reused);
    }

    /** Tokens of a prompt that a slot holds already; at least two are left to read, of a prompt of that many. */
    private static int shared(Slot slot, int[] prompt, AdapterMix mix) {
        return Math.max(0, Math.min(common(slot, prompt, mix), prompt.length - 2));
    }

    /** Tokens with which a prompt begins as a slot does. */
    private static int common(Slot slot, int[] prompt, AdapterMix mix) {
        if (!slot.mix.equals(mix)) {
            return 0;
        }
        int mismatch = Arrays.mismatch(slot.read, prompt);
        return mismatch < 0 ? prompt.length : mismatch;
    }

    private @Nullable Slot freeSlot(int[] prompt, AdapterMix mix) {
        Slot best = null;
        for (Slot slot : slots) {
            if (!slot.taken && (best == null || shared(slot, prompt, mix) > shared(best, prompt, mix))) {
                best = slot;
            }
        }
        if (best == null && slots.size() < maxSlots) {
            best = new Slot(slots.size());
            slots.add(best);
        }
        return best;
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
            for (Slot slot : slots) {
                if (!slot.taken && slot.mix.has(adapter)) {
                    slot.mix = AdapterMix.NONE;
                    slot.read = new int[0];
                }
            }
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
                sequence.slot.taken = false;
            }
            return sequence.released;
        });
        changed.signalAll();
    }

    private static Slot slot(Sequence sequence) {
        return Objects.requireNonNull(sequence.slot);
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
