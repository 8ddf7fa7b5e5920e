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
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link DecoderSession} is, in a device's memory: weights, cache and adapters stay there; embedded tokens go in,
 * logits come out.
 */
public final class DeviceDecoderSession implements TextSession {
    private final DecoderGraph graph; // without weights
    private final DeviceMemory memory;
    private Engine engine;
    private AdapterTensors<DeviceTensor> adapters;
    private final Map<Integer, Batch> steps = new HashMap<>(); // by their rows
    private DeviceCache cache;
    private int[] filled = {}; // tokens of each slot whose keys and values are in the cache
    private boolean closed;

    private DeviceDecoderSession(DecoderGraph graph, Engine engine) {
        this.graph = graph;
        this.engine = engine;
        this.memory = engine.deviceSession().memory();
        this.adapters = new AdapterTensors<>(engine, new Tensors(engine.deviceSession()));
        this.cache = new DeviceCache(memory, CacheLayout.of(graph), graph.numbers(), 0, 0);
    }

    /**
     * Makes a session for a decoder on a CUDA card.
     *
     * @param graph in numbers of 16 bits
     * @param execution whose device is the card
     * @throws dev.llmadapt.peft.InferenceException if the card, its driver or CUDA's libraries are not there
     */
    public static DeviceDecoderSession open(DecoderGraph graph, Execution execution) {
        if (!(execution.device() instanceof Device.Cuda)) {
            throw new IllegalArgumentException("expected a CUDA card, device: " + execution.device());
        }
        return new DeviceDecoderSession(graph.withoutWeights(), Engine.open(graph, execution));
    }

    /** The same in some memory. */
    static DeviceDecoderSession open(DecoderGraph graph, Execution execution, DeviceMemory memory) {
        return new DeviceDecoderSession(graph.withoutWeights(), Engine.open(graph, execution, memory));
    }

    /** Adapters' numbers on the device; sizes, which the processor reads, stay here. */
    private final class Tensors implements AdapterTensors.Maker<DeviceTensor> {
        private final DeviceSession session;

        Tensors(DeviceSession session) {
            this.session = session;
        }

        @Override
        public DeviceTensor make(Packed packed) {
            return packed.type() == ElementType.FLOAT
                    ? DeviceTensor.of(memory, rounded(packed), graph.numbers(), packed.shape())
                    : DeviceTensor.onHost(session.host(), packed.data(), packed.type(), packed.shape());
        }

        @Override
        public void rewrite(DeviceTensor tensor, Packed packed) {
            if (packed.type() == ElementType.FLOAT) {
                tensor.write(rounded(packed));
            }
        }

        private ByteBuffer rounded(Packed packed) {
            return Buffers.rounded(packed.data(), graph.numbers());
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
    public void reserve(int slots, int capacity) {
        if (slots <= cache.slots() && capacity <= cache.capacity()) {
            return;
        }
        int room = SlotChecks.room(cache.capacity(), capacity, graph.maxPositions());
        DeviceCache larger =
                new DeviceCache(memory, CacheLayout.of(graph), graph.numbers(), Math.max(slots, cache.slots()), room);
        larger.copyFrom(cache, filled);
        closeSteps();
        cache.close();
        cache = larger;
        filled = Arrays.copyOf(filled, larger.slots());
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        SlotChecks.copy(filled, from, to, start, end);
        cache.copy(from, to, start, end);
        filled[to] = end;
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
    public FloatBuffer read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        try (Batch batch = new Batch(cache.row(slot), 1, length, to - logitsFrom)) {
            batch.wanted(logitsFrom - from);
            mix.embed(graph.embedding(), ids, from, to, batch.embedded);
            graph.embedding().addPositions(filled[slot], length, batch.embedded, 0);
            batch.last(0, filled[slot] + length - 1);
            FloatBuffer logits = batch.run(List.of(mix), filled[slot] + length);
            filled[slot] += length;
            return logits;
        }
    }

    @Override
    public FloatBuffer step(int[] ids, List<AdapterMix> mixes) {
        Batch batch = steps.computeIfAbsent(ids.length, n -> {
            Batch made = new Batch(cache.first(n), n, 1, n);
            made.wanted(0);
            return made;
        });
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
        FloatBuffer logits = batch.run(mixes, longest);
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] >= 0) {
                filled[slot]++;
            }
        }
        return logits;
    }

    /** What a run of some rows is bound to. */
    private final class Batch implements AutoCloseable {
        final FloatBuffer embedded; // to be filled by the caller
        private final ByteBuffer embeddedBytes;
        private final ByteBuffer lastTokens;
        private final ByteBuffer total = Buffers.direct(4);
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
            embeddedBytes = Buffers.direct(Math.multiplyExact(rows * length, hidden) * 4L);
            embedded = embeddedBytes.asFloatBuffer();
            lastTokens = Buffers.direct(rows * 4L);
            wantedRows = Buffers.direct(wanted * 8L);
            result = Buffers.direct((long) wanted * graph.vocabularySize() * 4);
            try {
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
        FloatBuffer run(List<AdapterMix> mixes, int longest) {
            Map<String, DeviceTensor> now = adapters.inputs(mixes);
            if (now != adapterInputs) {
                now.forEach(binding::input);
                adapterInputs = now;
            }
            embeddings.write(Buffers.rounded(embeddedBytes, graph.numbers()));
            lengths.write(lastTokens);
            total.putInt(0, longest);
            binding.run();
            logits.read(result);
            return result.asFloatBuffer();
        }

        @Override
        public void close() {
            binding.close();
            owned.forEach(DeviceTensor::close);
            owned.clear();
        }
    }

    private void closeSteps() {
        steps.values().forEach(Batch::close);
        steps.clear();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeSteps();
            cache.close();
            adapters.close();
            engine.close();
        }
    }
}
