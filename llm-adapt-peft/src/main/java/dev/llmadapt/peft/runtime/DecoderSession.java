package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.DecoderGraph;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A decoder that reads and writes several texts at once, each in a slot of one key-value cache.
 *
 * <p>A new text is read by {@link #read}, a chunk of one slot at a time; then {@link #step} adds one token to each of the
 * first n slots. Slots and their capacity grow on demand by {@link #reserve}. No tensor is made in {@code step} but the
 * first time a number of slots is used. Not thread-safe: one call at a time.
 */
public final class DecoderSession implements AutoCloseable {
    private DecoderGraph graph;
    private OnnxSession session;
    private AdapterTensors adapters;
    private final Map<Integer, StepTensors> stepTensors = new HashMap<>();
    private KeyValueCache cache;
    private int[] filled; // tokens of each slot whose keys and values are in the cache
    private boolean closed;

    private DecoderSession(DecoderGraph graph, OnnxSession session) {
        this.graph = graph;
        this.session = session;
        this.adapters = new AdapterTensors(graph);
        this.cache = new KeyValueCache(graph, 0, 0);
        this.filled = new int[0];
    }

    /**
     * Makes a session for a decoder.
     *
     * @param threads threads of one run
     */
    public static DecoderSession open(DecoderGraph graph, int threads) {
        return new DecoderSession(graph.withoutWeights(), OnnxSession.open(graph.model(), threads));
    }

    /** Slots there are. */
    public int slots() {
        return cache.slots();
    }

    /** Tokens a slot can hold now. */
    public int capacity() {
        return cache.capacity();
    }

    /** The most tokens a slot can ever hold. */
    public int maxCapacity() {
        return graph.maxPositions();
    }

    /** Logits of one position. */
    public int vocabularySize() {
        return graph.vocabularySize();
    }

    /** Tokens of a slot that are in the cache. */
    public int filled(int slot) {
        return filled[slot];
    }

    /** Forgets the tokens of a slot from a place on; what follows is written over them. */
    public void truncate(int slot, int length) {
        if (length < 0 || length > filled[slot]) {
            throw new IllegalArgumentException(
                    "a slot of " + filled[slot] + " tokens cannot be cut to " + length + " tokens");
        }
        filled[slot] = length;
    }

    /** Makes room for a number of slots and tokens in each, keeping what is there. */
    public void reserve(int slots, int capacity) {
        if (slots <= cache.slots() && capacity <= cache.capacity()) {
            return;
        }
        int room = Math.max(capacity, cache.capacity());
        if (room > graph.maxPositions()) {
            throw new IllegalArgumentException(
                    "a text of " + capacity + " tokens is longer than the context of " + graph.maxPositions());
        }
        KeyValueCache larger = new KeyValueCache(graph, Math.max(slots, cache.slots()), room);
        larger.copyFrom(cache, filled);
        closeTensors();
        cache.close();
        cache = larger;
        filled = Arrays.copyOf(filled, larger.slots());
    }

    /** Puts the prefix of a mix at the beginning of a slot, in the place of all that it holds. */
    public void preload(int slot, AdapterMix mix) {
        cache.write(slot, mix.prefix(), mix.prefixTokens());
        filled[slot] = mix.prefixTokens();
    }

    /** What adapters can change in the graph that runs. */
    public AdapterInputs adapterInputs() {
        return graph.adapterInputs();
    }

    /** An engine over another graph of the same checkpoint; takes as long as opening the session did. */
    public static Engine engine(DecoderGraph graph, int threads) {
        return new Engine(graph.withoutWeights(), OnnxSession.open(graph.model(), threads));
    }

    /** A graph that is ready to run; owned by whoever holds it until a session adopts it. */
    public static final class Engine implements AutoCloseable {
        private final DecoderGraph graph;
        private final OnnxSession session;

        private Engine(DecoderGraph graph, OnnxSession session) {
            this.graph = graph;
            this.session = session;
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** Goes on with another engine: slots keep what they hold. The engine is this session's from now on. */
    public void adopt(Engine engine) {
        stepTensors.values().forEach(StepTensors::forgetAdapters);
        adapters.close();
        session.close();
        graph = engine.graph;
        session = engine.session;
        adapters = new AdapterTensors(graph);
    }

    /** Lets go of what was packed for an adapter that is not used again. */
    public void forget(ReadyAdapter adapter) {
        stepTensors.values().forEach(StepTensors::forgetAdapters);
        adapters.forget(adapter);
    }

    /**
     * Reads tokens into a slot after what it holds.
     *
     * @param ids tokens
     * @param from the first to read
     * @param to after the last to read; there must be room for all
     * @param logitsFrom the first token whose logits are wanted, from {@code from} to {@code to - 1}
     * @return the logits of the tokens from {@code logitsFrom} on, {@code (to - logitsFrom, vocabulary)}
     */
    public FloatBuffer read(int slot, int[] ids, int from, int to, int logitsFrom) {
        return read(slot, ids, from, to, logitsFrom, AdapterMix.NONE);
    }

    /**
     * The same with adapters. The virtual tokens of a prefix are not read: {@link #preload} puts them into the slot.
     *
     * @param mix what acts on the slot's text; its ids may be among those read
     */
    public FloatBuffer read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        int rows = to - logitsFrom;
        FloatBuffer logits;
        try (Scope scope = new Scope()) {
            ByteBuffer embedded = direct(length * graph.hiddenSize(), 4);
            mix.embed(graph.embedding(), ids, from, to, embedded.asFloatBuffer());
            ByteBuffer wanted = direct(rows, 8);
            for (int row = 0; row < rows; row++) {
                wanted.putLong(row * 8, logitsFrom - from + row);
            }
            ByteBuffer last = direct(1, 4).putInt(0, filled[slot] + length - 1);
            ByteBuffer total = direct(1, 4).putInt(0, filled[slot] + length);
            ByteBuffer result = direct(rows * graph.vocabularySize(), 4);
            KeyValueCache.View row = cache.row(slot);
            Map<String, OnnxTensor> inputs = new HashMap<>(row.past());
            inputs.putAll(adapters.inputs(List.of(mix)));
            inputs.put(
                    DecoderGraph.EMBEDDINGS,
                    scope.own(OnnxSession.tensor(embedded, ElementType.FLOAT, 1, length, graph.hiddenSize())));
            inputs.put(DecoderGraph.LOGIT_ROWS, scope.own(OnnxSession.tensor(wanted, ElementType.INT64, rows)));
            inputs.put(DecoderGraph.LENGTHS, scope.own(OnnxSession.tensor(last, ElementType.INT32, 1)));
            inputs.put(DecoderGraph.TOTAL_LENGTH, scope.own(OnnxSession.tensor(total, ElementType.INT32)));
            Map<String, OnnxTensor> outputs = new HashMap<>(row.present());
            outputs.put(
                    DecoderGraph.LOGITS,
                    scope.own(OnnxSession.tensor(result, ElementType.FLOAT, rows, graph.vocabularySize())));
            session.run(inputs, outputs);
            logits = result.asFloatBuffer();
        }
        filled[slot] += length;
        return logits;
    }

    /**
     * Adds one token to some of the first n slots.
     *
     * @param ids a token for each of the n slots; -1 leaves a slot as it is, at the cost of a token. Such a slot, and
     *     every other, must have room for one more token
     * @return the logits after each token, {@code (n, vocabulary)}; valid until the next step, arbitrary where the id
     *     was -1
     */
    public FloatBuffer step(int[] ids) {
        return step(ids, Collections.nCopies(ids.length, AdapterMix.NONE));
    }

    /**
     * The same with adapters.
     *
     * @param mixes what acts on each slot's text
     */
    public FloatBuffer step(int[] ids, List<AdapterMix> mixes) {
        StepTensors tensors = stepTensors.computeIfAbsent(ids.length, StepTensors::new);
        tensors.run(ids, mixes);
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] >= 0) {
                filled[slot]++;
            }
        }
        return tensors.logits;
    }

    /** What a step of n slots runs on, made once. */
    private final class StepTensors {
        final FloatBuffer logits;
        private final FloatBuffer embedded;
        private final ByteBuffer lengths;
        private final ByteBuffer total;
        private final Map<String, OnnxTensor> inputs;
        private Map<String, OnnxTensor> adapterInputs = Map.of(); // those among the inputs
        private final Map<String, OnnxTensor> outputs;
        private final Scope scope = new Scope();

        StepTensors(int n) {
            ByteBuffer embeddedBytes = direct(n * graph.hiddenSize(), 4);
            ByteBuffer wanted = direct(n, 8);
            for (int row = 0; row < n; row++) {
                wanted.putLong(row * 8, row);
            }
            ByteBuffer logitBytes = direct(n * graph.vocabularySize(), 4);
            lengths = direct(n, 4);
            total = direct(1, 4);
            embedded = embeddedBytes.asFloatBuffer();
            logits = logitBytes.asFloatBuffer();
            KeyValueCache.View rows = cache.first(n);
            inputs = new HashMap<>(rows.past());
            inputs.put(
                    DecoderGraph.EMBEDDINGS,
                    scope.own(OnnxSession.tensor(embeddedBytes, ElementType.FLOAT, n, 1, graph.hiddenSize())));
            inputs.put(DecoderGraph.LOGIT_ROWS, scope.own(OnnxSession.tensor(wanted, ElementType.INT64, n)));
            inputs.put(DecoderGraph.LENGTHS, scope.own(OnnxSession.tensor(lengths, ElementType.INT32, n)));
            inputs.put(DecoderGraph.TOTAL_LENGTH, scope.own(OnnxSession.tensor(total, ElementType.INT32)));
            outputs = new HashMap<>(rows.present());
            outputs.put(
                    DecoderGraph.LOGITS,
                    scope.own(OnnxSession.tensor(logitBytes, ElementType.FLOAT, n, graph.vocabularySize())));
        }

        void forgetAdapters() {
            inputs.keySet().removeAll(adapterInputs.keySet());
            adapterInputs = Map.of();
        }

        @SuppressWarnings("ReferenceEquality") // the same map is the same tensors
        void run(int[] ids, List<AdapterMix> mixes) {
            Map<String, OnnxTensor> now = adapters.inputs(mixes);
            if (now != adapterInputs) {
                forgetAdapters();
                inputs.putAll(now);
                adapterInputs = now;
            }
            int longest = 0;
            embedded.clear();
            for (int slot = 0; slot < ids.length; slot++) {
                int[] id = {Math.max(ids[slot], 0)};
                mixes.get(slot).embed(graph.embedding(), id, 0, 1, embedded);
                // the new token stands after what is filled; a slot that is left as it is has it written over later
                lengths.putInt(slot * 4, filled[slot]);
                longest = Math.max(longest, filled[slot] + 1);
            }
            total.putInt(0, longest);
            session.run(inputs, outputs);
        }
    }

    /** Tensors that are closed together. */
    private static final class Scope implements AutoCloseable {
        private final List<OnnxTensor> owned = new ArrayList<>();

        OnnxTensor own(OnnxTensor tensor) {
            owned.add(tensor);
            return tensor;
        }

        @Override
        public void close() {
            owned.forEach(OnnxTensor::close);
        }
    }

    private static ByteBuffer direct(int elements, int bytes) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(elements, bytes)).order(ByteOrder.nativeOrder());
    }

    private void closeTensors() {
        stepTensors.values().forEach(tensors -> tensors.scope.close());
        stepTensors.clear();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeTensors();
            cache.close();
            adapters.close();
            session.close();
        }
    }
}
