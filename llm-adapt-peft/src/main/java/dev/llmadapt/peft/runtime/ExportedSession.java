package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.ExportedGraph;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.memory.CacheBudget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A session over a decoder that somebody else exported. Where its cache is updated in place, rows lie as they do for our
 * own graphs. Where it grows, each row's past is copied to a common length first, which the mask and the positions hide
 * from the model; if the graph takes no positions, only rows of one length are run together.
 */
public final class ExportedSession implements TextSession {
    /** A growing past is made longer by so many tokens at once, so that its tensors serve as many steps. */
    private static final int GRAIN = 32;

    private final ExportedGraph graph; // without weights
    private final GrowingPast growing;
    private @Nullable TokenBatch step; // in place, the last; for as many slots as it has
    private int stepRows;
    private Engine engine;
    private AdapterTensors<OnnxTensor> adapters;
    private final KeyValueCache cache;
    private final CacheBudget budget;
    private int[] filled = {}; // tokens of each slot whose keys and values are in the cache
    private @Nullable TokenBatch read; // the last, whose logits stay until the next call
    private @Nullable Scope stepScope; // of stepLogits
    private @Nullable ByteBuffer stepLogits; // where rows of a growing cache are put together
    private boolean closed;

    private ExportedSession(ExportedGraph graph, Engine engine, CacheBudget budget) {
        this.budget = budget;
        this.graph = graph;
        this.engine = engine;
        this.growing = new GrowingPast(graph.cache());
        this.adapters = new AdapterTensors<>(engine, OnnxSession.TENSORS);
        this.cache = new KeyValueCache(graph.cache());
    }

    /**
     * Makes a session for a decoder.
     *
     * @param threads threads of one run
     */
    public static ExportedSession open(ExportedGraph graph, int threads) {
        return open(graph, Execution.of(threads));
    }

    /** The same, run as told. */
    public static ExportedSession open(ExportedGraph graph, Execution execution) {
        return open(graph, execution, 0);
    }

    /**
     * A session with a limit for keys and values.
     *
     * @param cacheMemory bytes, or 0 for a share of the machine's; see {@link CacheBudget}
     */
    public static ExportedSession open(ExportedGraph graph, Execution execution, long cacheMemory) {
        Engine engine = Engine.open(graph, execution);
        return new ExportedSession(
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
        growing.forget();
    }

    @Override
    public long memory() {
        return budget.bytes();
    }

    /** Where the cache grows, past and present of all rows are there beside it. */
    @Override
    public long bytes(int slots, int capacity) {
        long rows = KeyValueCache.bytes(graph.cache(), slots, capacity);
        long step = SlotChecks.logitBytes(slots, vocabularySize()) + 8L * slots * (capacity + GRAIN); // and the mask
        return graph.inPlace()
                ? rows + step
                : rows + 2 * KeyValueCache.bytes(graph.cache(), slots, capacity + GRAIN) + 2 * step;
    }

    @Override
    public void keep(int... slots) {
        filled = SlotChecks.moved(filled, slots, cache::copy);
        growing.forget();
    }

    @Override
    public void resize(int slots, int capacity) {
        SlotChecks.context(capacity, graph.maxPositions());
        closeSteps();
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
        growing.forget();
    }

    @Override
    public void clear(int slot) {
        cache.clear(slot);
        filled[slot] = 0;
        growing.forget();
    }

    @Override
    public void preload(int slot, AdapterMix mix) {
        cache.write(slot, mix.prefix(), mix.prefixTokens());
        filled[slot] = mix.prefixTokens();
        growing.forget();
    }

    @Override
    public AdapterInputs adapterInputs() {
        return engine.adapterInputs();
    }

    @Override
    public void adopt(Engine next) {
        adapters.close();
        engine.close();
        engine = next;
        adapters = new AdapterTensors<>(engine, OnnxSession.TENSORS);
    }

    @Override
    public void forget(ReadyAdapter adapter) {
        adapters.forget(adapter);
    }

    @Override
    public Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        int wanted = to - logitsFrom;
        int past = filled[slot];
        closeRead();
        TokenBatch batch = new TokenBatch(graph, 1, length, wanted, past + length);
        read = batch;
        for (int i = 0; i < length; i++) {
            batch.ids.put(i, token(ids[from + i]));
            batch.positions.put(i, past + i);
        }
        for (int i = 0; i < past + length; i++) {
            batch.mask.put(i, 1);
        }
        for (int i = 0; i < wanted; i++) {
            batch.logitRows.put(i, logitsFrom - from + i);
        }
        if (graph.inPlace()) {
            run(batch, cache.row(slot), List.of(mix));
        } else {
            run(batch, growing.of(cache, new int[] {slot}, filled, past, length), List.of(mix));
            growing.keep(cache, filled);
        }
        filled[slot] += length;
        int skipped = graph.logitRows() ? 0 : logitsFrom - from;
        return batch.logits.slice(skipped * vocabularySize(), wanted * vocabularySize());
    }

    private long token(int id) {
        if (id < 0 || id >= vocabularySize()) {
            throw new IllegalArgumentException(
                    "no token has the id " + id + ", the vocabulary of this exported model has " + vocabularySize()
                            + " tokens and no virtual ones");
        }
        return id;
    }

    private void run(TokenBatch batch, KeyValueCache.View view, List<AdapterMix> mixes) {
        Map<String, OnnxTensor> inputs = new HashMap<>(batch.inputs);
        inputs.putAll(view.past());
        inputs.putAll(adapters.inputs(mixes));
        Map<String, OnnxTensor> outputs = new HashMap<>(batch.outputs);
        outputs.putAll(view.present());
        engine.session().run(inputs, outputs);
    }

    @Override
    public Logits step(int[] ids, List<AdapterMix> mixes) {
        closeRead();
        Logits logits = graph.inPlace() ? stepInPlace(ids, mixes) : stepGrowing(ids, mixes);
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] >= 0) {
                filled[slot]++;
            }
        }
        return logits;
    }

    private Logits stepInPlace(int[] ids, List<AdapterMix> mixes) {
        int n = ids.length;
        TokenBatch batch = step;
        if (batch == null || stepRows != n) {
            closeStep();
            batch = new TokenBatch(graph, n, 1, 1, capacity());
            step = batch;
            stepRows = n;
        }
        for (int slot = 0; slot < n; slot++) {
            batch.ids.put(slot, ids[slot] < 0 ? 0 : token(ids[slot]));
            batch.positions.put(slot, filled[slot]);
            for (int i = 0; i < capacity(); i++) {
                // a slot that is left as it is has the new token written over later
                batch.mask.put(slot * capacity() + i, i <= filled[slot] ? 1 : 0);
            }
        }
        run(batch, cache.first(n), mixes);
        return batch.logits;
    }

    private Logits stepGrowing(int[] ids, List<AdapterMix> mixes) {
        ByteBuffer logits = stepLogits;
        Scope scope = stepScope;
        if (logits == null
                || scope == null
                || logits.capacity() < SlotChecks.logitBytes(ids.length, vocabularySize())) {
            closeStepLogits();
            scope = new Scope();
            stepScope = scope;
            logits = scope.zeros(ElementType.FLOAT, slots(), vocabularySize());
            stepLogits = logits;
        }
        Logits result = Logits.first(scope.memory(), logits, (long) ids.length * vocabularySize());
        int[] active =
                IntStream.range(0, ids.length).filter(slot -> ids[slot] >= 0).toArray();
        if (active.length == 0) {
            return result;
        }
        if (graph.positions()) {
            int longest = Arrays.stream(active).map(slot -> filled[slot]).max().orElse(0);
            stepTogether(ids, mixes, active, (longest + GRAIN - 1) / GRAIN * GRAIN, result);
        } else {
            Arrays.stream(active)
                    .map(slot -> filled[slot])
                    .distinct()
                    .forEach(length -> stepTogether(
                            ids,
                            mixes,
                            Arrays.stream(active)
                                    .filter(slot -> filled[slot] == length)
                                    .toArray(),
                            length,
                            result));
        }
        return result;
    }

    /** Rows whose past is made to end at one place. */
    private void stepTogether(int[] ids, List<AdapterMix> mixes, int[] slots, int past, Logits result) {
        List<AdapterMix> own = new ArrayList<>();
        try (TokenBatch batch = new TokenBatch(graph, slots.length, 1, 1, past + 1)) {
            for (int row = 0; row < slots.length; row++) {
                int slot = slots[row];
                own.add(mixes.get(slot));
                batch.ids.put(row, token(ids[slot]));
                batch.positions.put(row, filled[slot]);
                for (int i = 0; i <= past; i++) {
                    batch.mask.put(row * (past + 1) + i, i < filled[slot] || i == past ? 1 : 0);
                }
            }
            run(batch, growing.of(cache, slots, filled, past, 1), own);
            growing.keep(cache, filled);
            for (int row = 0; row < slots.length; row++) {
                int first = row * vocabularySize();
                result.values().put(slots[row] * vocabularySize(), batch.logits.values(), first, vocabularySize());
            }
        }
    }

    private void closeRead() {
        TokenBatch last = read;
        if (last != null) {
            last.close();
            read = null;
        }
    }

    private void closeStep() {
        TokenBatch last = step;
        if (last != null) {
            last.close();
            step = null;
        }
    }

    private void closeStepLogits() {
        Scope last = stepScope;
        if (last != null) {
            last.close();
            stepScope = null;
            stepLogits = null;
        }
    }

    private void closeSteps() {
        closeRead();
        closeStepLogits();
        closeStep();
        growing.close();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeSteps();
            cache.close();
            adapters.close();
            engine.close();
            budget.close();
        }
    }
}
