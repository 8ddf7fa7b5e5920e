package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.Device;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.AdapterPacking.Packed;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.Buffers;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.architecture.DecoderGraph;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.memory.CacheBudget;
import dev.llmadapt.peft.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link DecoderSession} is, in a device's memory: weights, cache and adapters stay there; embedded tokens go in,
 * logits come out.
 */
public final class DeviceDecoderSession implements TextSession {
    private final DecoderGraph graph; // without weights
    private final DeviceMemory memory;
    private Engine engine;
    private AdapterTensors<DeviceTensor> adapters;
    private final DeviceCache cache;
    private final CacheBudget budget;
    private @Nullable Batch step; // the last, for as many slots as it has
    private @Nullable Batch read; // the last, whose logits stay until the next call
    private int[] filled = {}; // tokens of each slot whose keys and values are in the cache
    private boolean closed;

    private DeviceDecoderSession(DecoderGraph graph, Engine engine, long cacheMemory) {
        this.graph = graph;
        this.engine = engine;
        this.memory = engine.deviceSession().memory();
        this.adapters = new AdapterTensors<>(engine, new Tensors(engine.deviceSession()));
        this.cache = new DeviceCache(memory, CacheLayout.of(graph), graph.numbers());
        this.budget = CacheBudget.onDevice(cacheMemory, memory.free());
    }

    /**
     * Makes a session for a decoder on a CUDA card.
     *
     * @param graph in numbers of 16 bits
     * @param execution whose device is the card
     * @param cacheMemory the most bytes for keys and values, or 0 for half of what the card has left
     * @throws dev.llmadapt.peft.InferenceException if the card, its driver or CUDA's libraries are not there
     */
    public static DeviceDecoderSession open(DecoderGraph graph, Execution execution, long cacheMemory) {
        if (!(execution.device() instanceof Device.Cuda)) {
            throw new IllegalArgumentException("expected a CUDA card, device: " + execution.device());
        }
        return new DeviceDecoderSession(graph.withoutWeights(), Engine.open(graph, execution), cacheMemory);
    }

    /** A session with the default limit for keys and values, a share of the card's memory. */
    public static DeviceDecoderSession open(DecoderGraph graph, Execution execution) {
        return open(graph, execution, 0);
    }

    /** The same in some memory. */
    static DeviceDecoderSession open(DecoderGraph graph, Execution execution, DeviceMemory memory) {
        return new DeviceDecoderSession(graph.withoutWeights(), Engine.open(graph, execution, memory), 0);
    }

    /** Adapters' numbers on the device; sizes, which the processor reads, stay here. */
    private final class Tensors implements AdapterTensors.Maker<DeviceTensor> {
        private final DeviceSession session;

        Tensors(DeviceSession session) {
            this.session = session;
        }

        @Override
        public DeviceTensor make(Packed packed) {
            if (packed.type() != ElementType.FLOAT) {
                return DeviceTensor.onHost(session.host(), packed.data(), packed.type(), packed.shape());
            }
            try (NativeArena host = new NativeArena()) {
                return DeviceTensor.of(memory, rounded(host, packed), graph.numbers(), packed.shape());
            }
        }

        @Override
        public void rewrite(DeviceTensor tensor, Packed packed) {
            if (packed.type() == ElementType.FLOAT) {
                try (NativeArena host = new NativeArena()) {
                    tensor.write(rounded(host, packed));
                }
            }
        }

        private ByteBuffer rounded(NativeArena host, Packed packed) {
            return Buffers.rounded(host, packed.data(), graph.numbers());
        }

        @Override
        public void close(DeviceTensor tensor) {
            tensor.close();
        }
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
        return DeviceCache.bytes(CacheLayout.of(graph), graph.numbers(), slots, capacity)
                + SlotChecks.logitBytes(slots, graph.vocabularySize());
    }

    @Override
    public void keep(int... slots) {
        filled = SlotChecks.moved(filled, slots, cache::copy);
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

    @Override
    public AdapterInputs adapterInputs() {
        return engine.adapterInputs();
    }

    @Override
    public void adopt(Engine next) {
        DeviceSession session = next.deviceSession();
        closeSteps(); // bound to the session that ends
        adapters.close();
        engine.close();
        engine = next;
        adapters = new AdapterTensors<>(engine, new Tensors(session));
    }

    @Override
    public void forget(ReadyAdapter adapter) {
        closeSteps();
        adapters.forget(adapter);
    }

    @Override
    public Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        closeRead();
        Batch batch = new Batch(cache.row(slot), 1, length, to - logitsFrom);
        read = batch;
        batch.wanted(logitsFrom - from);
        mix.embed(graph.embedding(), ids, from, to, batch.embedded);
        graph.embedding().addPositions(filled[slot], length, batch.embedded, 0);
        batch.last(0, filled[slot] + length - 1);
        Logits logits = batch.run(List.of(mix), filled[slot] + length);
        filled[slot] += length;
        return logits;
    }

    @Override
    public Logits step(int[] ids, List<AdapterMix> mixes) {
        closeRead();
        int n = ids.length;
        Batch batch = step;
        if (batch == null || batch.rows != n) {
            closeStep();
            batch = new Batch(cache.first(n), n, 1, n);
            step = batch;
            batch.wanted(0);
        }
        int longest = 0;
        batch.embedded.clear();
        for (int slot = 0; slot < ids.length; slot++) {
            int[] id = {Math.max(ids[slot], 0)};
            mixes.get(slot).embed(graph.embedding(), id, 0, 1, batch.embedded);
            if (ids[slot] >= 0) {
                graph.embedding().addPositions(filled[slot], 1, batch.embedded, slot * graph.hiddenSize());
            }
            // the new token stands after what is filled; a slot that is left as it is has it written over later
            batch.last(slot, filled[slot]);
            longest = Math.max(longest, filled[slot] + 1);
        }
        Logits logits = batch.run(mixes, longest);
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] >= 0) {
                filled[slot]++;
            }
        }
        return logits;
    }

    /** What a run of some rows is bound to. */
    private final class Batch implements AutoCloseable {
        final int rows;
        final FloatBuffer embedded; // to be filled by the caller
        private final NativeArena host = new NativeArena();
        private final ByteBuffer embeddedBytes;
        private final ByteBuffer lastTokens;
        private final ByteBuffer total;
        private final ByteBuffer wantedRows;
        private final ByteBuffer result;
        private final List<DeviceTensor> owned = new ArrayList<>();
        private final DeviceTensor embeddings;
        private final DeviceTensor lengths;
        private final DeviceTensor logitRows;
        private final DeviceTensor logits;
        private final DeviceSession.Binding binding = engine.deviceSession().bind();
        private Map<String, DeviceTensor> adapterInputs = Map.of();

        Batch(List<DeviceTensor> cacheRows, int rows, int length, int wanted) {
            int hidden = graph.hiddenSize();
            this.rows = rows;
            try {
                total = host.zeros(4);
                embeddedBytes = host.zeros(Scope.bytes(ElementType.FLOAT, rows, length, hidden));
                embedded = embeddedBytes.asFloatBuffer();
                lastTokens = host.zeros(rows * 4L);
                wantedRows = host.zeros(wanted * 8L);
                result = host.zeros(Scope.bytes(ElementType.FLOAT, wanted, graph.vocabularySize()));
                embeddings = own(DeviceTensor.allocate(memory, graph.numbers(), rows, length, hidden));
                lengths = own(DeviceTensor.allocate(memory, ElementType.INT32, rows));
                logitRows = own(DeviceTensor.allocate(memory, ElementType.INT64, wanted));
                logits = own(DeviceTensor.allocate(memory, ElementType.FLOAT, wanted, graph.vocabularySize()));
                binding.input(DecoderGraph.EMBEDDINGS, embeddings);
                binding.input(DecoderGraph.LENGTHS, lengths);
                binding.input(DecoderGraph.LOGIT_ROWS, logitRows);
                binding.input(
                        DecoderGraph.TOTAL_LENGTH,
                        own(DeviceTensor.onHost(engine.deviceSession().host(), total, ElementType.INT32)));
                binding.output(DecoderGraph.LOGITS, logits);
                cache.bind(cacheRows, binding);
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        private DeviceTensor own(DeviceTensor tensor) {
            owned.add(tensor);
            return tensor;
        }

        /** Says that the logits of this place and those after it are wanted. */
        void wanted(int first) {
            for (int i = 0; i < wantedRows.capacity() / 8; i++) {
                wantedRows.putLong(i * 8, first + i);
            }
            logitRows.write(wantedRows);
        }

        /** Says where a row's last token stands. */
        void last(int row, int position) {
            lastTokens.putInt(row * 4, position);
        }

        /** Runs on what was filled in. */
        @SuppressWarnings("ReferenceEquality") // the same map is the same tensors
        Logits run(List<AdapterMix> mixes, int longest) {
            Map<String, DeviceTensor> now = adapters.inputs(mixes);
            if (now != adapterInputs) {
                now.forEach(binding::input);
                adapterInputs = now;
            }
            try (NativeArena rounding = new NativeArena()) {
                embeddings.write(Buffers.rounded(rounding, embeddedBytes, graph.numbers()));
            }
            lengths.write(lastTokens);
            total.putInt(0, longest);
            binding.run();
            logits.read(result);
            return new Logits(host, result.asFloatBuffer());
        }

        @Override
        public void close() {
            binding.close();
            owned.forEach(DeviceTensor::close);
            owned.clear();
            host.close();
        }
    }

    private void closeRead() {
        Batch last = read;
        if (last != null) {
            last.close();
            read = null;
        }
    }

    private void closeStep() {
        Batch last = step;
        if (last != null) {
            last.close();
            step = null;
        }
    }

    private void closeSteps() {
        closeRead();
        closeStep();
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
