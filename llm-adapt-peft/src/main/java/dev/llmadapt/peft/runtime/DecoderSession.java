package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.architecture.DecoderGraph;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.memory.CacheBudget;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session over a graph of our own, whose cache is updated in place. No tensor is made in {@code step} but the first time
 * a number of slots is used.
 */
public final class DecoderSession implements TextSession {
    private final DecoderGraph graph; // without weights
    private Engine engine;
    private AdapterTensors<OnnxTensor> adapters;
    private final KeyValueCache cache;
    private final CacheBudget budget;
    private final Map<Integer, StepTensors> stepTensors = new HashMap<>();
    private @Nullable StepMemory stepMemory; // of all slots
    private @Nullable Scope read; // the memory of the last read
    private int[] filled = {}; // tokens of each slot whose keys and values are in the cache
    private boolean closed;

    private DecoderSession(DecoderGraph graph, Engine engine, CacheBudget budget) {
        this.graph = graph;
        this.engine = engine;
        this.budget = budget;
        this.adapters = new AdapterTensors<>(engine, OnnxSession.TENSORS);
        this.cache = new KeyValueCache(CacheLayout.of(graph));
    }

    /**
     * Makes a session for a decoder.
     *
     * @param threads threads of one run
     */
    public static DecoderSession open(DecoderGraph graph, int threads) {
        return open(graph, Execution.of(threads));
    }

    /** The same, run as told. */
    public static DecoderSession open(DecoderGraph graph, Execution execution) {
        return open(graph, execution, 0);
    }

    /**
     * A session with a limit for keys and values.
     *
     * @param cacheMemory bytes, or 0 for a share of the machine's; see {@link CacheBudget}
     */
    public static DecoderSession open(DecoderGraph graph, Execution execution, long cacheMemory) {
        Engine engine = Engine.open(graph, execution);
        return new DecoderSession(
                graph.withoutWeights(),
                engine,
                CacheBudget.of(cacheMemory, graph.model().bytesOfWeights()));
    }

    @Override
    public int slots() {
        return cache.slots();
    }

    @Override
    public int capacity() {
        return cache.capacity();
    }

    @Override
    public int maxCapacity() {
        return graph.maxPositions();
    }

    @Override
    public int vocabularySize() {
        return graph.vocabularySize();
    }

    @Override
    public int filled(int slot) {
        return filled[slot];
    }

    @Override
    public void truncate(int slot, int length) {
        SlotChecks.truncate(filled, slot, length);
        filled[slot] = length;
    }

    @Override
    public long memory() {
        return budget.bytes();
    }

    @Override
    public long bytes(int slots, int capacity) {
        return KeyValueCache.bytes(CacheLayout.of(graph), slots, capacity)
                + SlotChecks.logitBytes(slots, graph.vocabularySize());
    }

    @Override
    public void keep(int... slots) {
        filled = SlotChecks.moved(filled, slots, cache::copy);
    }

    @Override
    public void resize(int slots, int capacity) {
        SlotChecks.context(capacity, graph.maxPositions());
        closeTensors();
        try {
            cache.resize(slots, capacity, filled);
        } finally {
            filled = SlotChecks.resized(filled, cache.slots(), cache.capacity());
        }
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        SlotChecks.copy(filled, from, to, start, end);
        cache.copy(from, to, start, end);
        filled[to] = end;
    }

    @Override
    public void clear(int slot) {
        cache.clear(slot);
        filled[slot] = 0;
    }

    @Override
    public void preload(int slot, AdapterMix mix) {
        cache.write(slot, mix.prefix(), mix.prefixTokens());
        filled[slot] = mix.prefixTokens();
    }

    /** The keys and values of a slot's first tokens: {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys first. */
    public float[] keysAndValues(int slot, int tokens) {
        if (tokens > filled[slot]) {
            throw new IllegalArgumentException("the slot has " + filled[slot] + " tokens, asked for " + tokens);
        }
        return cache.read(slot, tokens);
    }

    @Override
    public AdapterInputs adapterInputs() {
        return engine.adapterInputs();
    }

    @Override
    public void adopt(Engine next) {
        stepTensors.values().forEach(StepTensors::forgetAdapters);
        adapters.close();
        engine.close();
        engine = next;
        adapters = new AdapterTensors<>(engine, OnnxSession.TENSORS);
    }

    @Override
    public void forget(ReadyAdapter adapter) {
        stepTensors.values().forEach(StepTensors::forgetAdapters);
        adapters.forget(adapter);
    }

    @Override
    public Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        int rows = to - logitsFrom;
        closeRead();
        Scope scope = new Scope();
        read = scope; // the logits stay until the next call
        ByteBuffer embedded = scope.zeros(ElementType.FLOAT, length, graph.hiddenSize());
        mix.embed(graph.embedding(), ids, from, to, embedded.asFloatBuffer());
        graph.embedding().addPositions(filled[slot], length, embedded.asFloatBuffer(), 0);
        ByteBuffer wanted = scope.zeros(ElementType.INT64, rows);
        for (int row = 0; row < rows; row++) {
            wanted.putLong(row * 8, logitsFrom - from + row);
        }
        ByteBuffer last = scope.zeros(ElementType.INT32, 1).putInt(0, filled[slot] + length - 1);
        ByteBuffer total = scope.zeros(ElementType.INT32, 1).putInt(0, filled[slot] + length);
        ByteBuffer result = scope.zeros(ElementType.FLOAT, rows, graph.vocabularySize());
        KeyValueCache.View row = cache.row(slot);
        Map<String, OnnxTensor> inputs = new HashMap<>(row.past());
        inputs.putAll(adapters.inputs(List.of(mix)));
        inputs.put(DecoderGraph.EMBEDDINGS, scope.tensor(embedded, ElementType.FLOAT, 1, length, graph.hiddenSize()));
        inputs.put(DecoderGraph.LOGIT_ROWS, scope.tensor(wanted, ElementType.INT64, rows));
        inputs.put(DecoderGraph.LENGTHS, scope.tensor(last, ElementType.INT32, 1));
        inputs.put(DecoderGraph.TOTAL_LENGTH, scope.tensor(total, ElementType.INT32));
        Map<String, OnnxTensor> outputs = new HashMap<>(row.present());
        outputs.put(DecoderGraph.LOGITS, scope.tensor(result, ElementType.FLOAT, rows, graph.vocabularySize()));
        engine.session().run(inputs, outputs);
        filled[slot] += length;
        return new Logits(scope.memory(), result.asFloatBuffer());
    }

    @Override
    public Logits step(int[] ids, List<AdapterMix> mixes) {
        closeRead();
        StepTensors tensors = stepTensors.computeIfAbsent(ids.length, n -> new StepTensors(n, stepMemory()));
        tensors.run(ids, mixes);
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] >= 0) {
                filled[slot]++;
            }
        }
        return tensors.logits;
    }

    private StepMemory stepMemory() {
        StepMemory memory = stepMemory;
        if (memory == null) {
            memory = new StepMemory(cache.slots());
            stepMemory = memory;
        }
        return memory;
    }

    /** What a step of all slots reads and writes; those of fewer use its beginning. */
    private final class StepMemory {
        final Scope scope = new Scope();
        final ByteBuffer embedded;
        final ByteBuffer wanted;
        final ByteBuffer logits;
        final ByteBuffer lengths;
        final ByteBuffer total;

        StepMemory(int slots) {
            embedded = scope.zeros(ElementType.FLOAT, slots, graph.hiddenSize());
            wanted = scope.zeros(ElementType.INT64, slots);
            for (int row = 0; row < slots; row++) {
                wanted.putLong(row * 8, row);
            }
            logits = scope.zeros(ElementType.FLOAT, slots, graph.vocabularySize());
            lengths = scope.zeros(ElementType.INT32, slots);
            total = scope.zeros(ElementType.INT32, 1);
        }
    }

    /** What a step of n slots runs on, made once. */
    private final class StepTensors {
        final Logits logits;
        private final StepMemory memory;
        private final FloatBuffer embedded;
        private final Map<String, OnnxTensor> inputs;
        private Map<String, OnnxTensor> adapterInputs = Map.of(); // those among the inputs
        private final Map<String, OnnxTensor> outputs;

        StepTensors(int n, StepMemory memory) {
            this.memory = memory;
            Scope scope = memory.scope;
            int hidden = graph.hiddenSize();
            int vocabulary = graph.vocabularySize();
            embedded = memory.embedded.asFloatBuffer();
            logits = Logits.first(scope.memory(), memory.logits, (long) n * vocabulary);
            KeyValueCache.View rows = cache.first(n);
            inputs = new HashMap<>(rows.past());
            inputs.put(DecoderGraph.EMBEDDINGS, scope.first(memory.embedded, ElementType.FLOAT, n, 1, hidden));
            inputs.put(DecoderGraph.LOGIT_ROWS, scope.first(memory.wanted, ElementType.INT64, n));
            inputs.put(DecoderGraph.LENGTHS, scope.first(memory.lengths, ElementType.INT32, n));
            inputs.put(DecoderGraph.TOTAL_LENGTH, scope.first(memory.total, ElementType.INT32));
            outputs = new HashMap<>(rows.present());
            outputs.put(DecoderGraph.LOGITS, scope.first(memory.logits, ElementType.FLOAT, n, vocabulary));
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
                if (ids[slot] >= 0) {
                    graph.embedding().addPositions(filled[slot], 1, embedded, slot * graph.hiddenSize());
                }
                // the new token stands after what is filled; a slot that is left as it is has it written over later
                memory.lengths.putInt(slot * 4, filled[slot]);
                longest = Math.max(longest, filled[slot] + 1);
            }
            memory.total.putInt(0, longest);
            engine.session().run(inputs, outputs);
        }
    }

    private void closeRead() {
        Scope last = read;
        if (last != null) {
            last.close();
            read = null;
        }
    }

    private void closeTensors() {
        closeRead();
        stepTensors.clear();
        StepMemory memory = stepMemory;
        if (memory != null) {
            memory.scope.close();
            stepMemory = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeTensors();
            cache.close();
            adapters.close();
            engine.close();
            budget.close();
        }
    }
}
