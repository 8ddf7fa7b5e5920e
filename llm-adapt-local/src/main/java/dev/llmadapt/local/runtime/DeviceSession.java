package dev.llmadapt.local.runtime;

import com.sun.jna.Pointer;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.memory.NativeArena;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session whose runs are bound to tensors that stay where they are: on a device nothing travels but what the caller
 * writes and reads. Not thread-safe.
 */
final class DeviceSession implements LoadedGraph<DeviceTensor> {
    private static final OrtApi API = OrtApi.get();

    private final DeviceMemory memory;
    private @Nullable Pointer session;

    private DeviceSession(DeviceMemory memory, Pointer session) {
        this.memory = memory;
        this.session = session;
    }

    /** Opens a session, which copies the weights to the device. */
    static DeviceSession open(OnnxModel model, DeviceMemory memory, Execution execution) {
        NativeArena weights = new NativeArena();
        Map<String, ByteBuffer> buffers = Map.of();
        List<Pointer> values = new ArrayList<>();
        Pointer options = API.options(execution);
        try {
            memory.use(options);
            buffers = model.data(weights);
            List<String> names = new ArrayList<>();
            for (ExternalWeight weight : model.weights()) {
                ByteBuffer buffer = Objects.requireNonNull(buffers.get(weight.name()));
                names.add(weight.name());
                values.add(API.tensor(buffer, weight.type(), weight.shape().sizes()));
            }
            API.addWeights(options, names, values);
            return new DeviceSession(memory, API.session(model.bytes(), options));
        } catch (InferenceException e) {
            throw new InferenceException("cannot make a session: " + e.getMessage(), e);
        } finally {
            values.forEach(API::releaseValue);
            API.releaseOptions(options);
            weights.close();
            Reference.reachabilityFence(
                    buffers); // those that are mapped, whose addresses the tensors have, and nothing else
        }
    }

    DeviceMemory memory() {
        return memory;
    }

    @Override
    public Binding<DeviceTensor> bind() {
        return new BoundTensors();
    }

    /** ONNX Runtime's binding. */
    private final class BoundTensors implements Binding<DeviceTensor> {
        private @Nullable Pointer binding = API.binding(requireOpen());

        @Override
        public void input(String name, DeviceTensor tensor) {
            API.bindInput(bound(), name, tensor.value());
        }

        @Override
        public void output(String name, DeviceTensor tensor) {
            API.bindOutput(bound(), name, tensor.value());
        }

        @Override
        public void run() {
            try {
                memory.synchronize();
                API.run(requireOpen(), bound());
            } catch (InferenceException e) {
                throw new InferenceException("a run failed: " + e.getMessage(), e);
            }
        }

        private Pointer bound() {
            if (binding == null) {
                throw new IllegalStateException("the binding is closed");
            }
            return binding;
        }

        @Override
        public void close() {
            if (binding != null) {
                API.releaseBinding(binding);
                binding = null;
            }
        }
    }

    private Pointer requireOpen() {
        if (session == null) {
            throw new IllegalStateException("the session is closed");
        }
        return session;
    }

    @Override
    public void close() {
        if (session != null) {
            API.releaseSession(session);
            session = null;
        }
    }
}
