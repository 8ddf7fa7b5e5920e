package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.llmadapt.Device;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.memory.MappedFile;
import dev.llmadapt.local.memory.NativeArena;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session of ONNX Runtime's Java interface, which takes the weights when it is opened. Thread-safe. */
final class OnnxSession implements LoadedGraph<OnnxTensor> {
    private final OrtSession session;

    private OnnxSession(OrtSession session) {
        this.session = session;
    }

    /**
     * Opens a session. ONNX Runtime copies or packs the weights meanwhile; then their memory is given back.
     *
     * @param execution how it runs
     */
    static OnnxSession open(OnnxModel model, Execution execution) {
        return open(model, execution, false);
    }

    /**
     * Opens a session that computes many positions at once, of sizes that differ from run to run. Floats are packed
     * while they are used, which takes little time then and saves a copy of each matrix. Blocks are packed when it is
     * made, since products with others are slow.
     *
     * @param execution how it runs; on a CUDA GPU weights stay there, and inputs and outputs travel
     */
    static OnnxSession openForTraining(OnnxModel model, Execution execution) {
        return open(model, execution, true);
    }

    private static OnnxSession open(OnnxModel model, Execution execution, boolean training) {
        return open(model, execution, training, training ? Set.of() : kept(model, execution));
    }

    /** The names of the weights that are in the folder of packed weights, where they are put if they were not. */
    static Set<String> kept(OnnxModel model, Execution execution) {
        return execution.device().equals(Device.CPU)
                ? execution.packed().map(packed -> packed.keep(model)).orElse(Set.of())
                : Set.of();
    }

    /**
     * Opens a session.
     *
     * @param kept the names of the weights that are in the folder of packed weights, of this model or of others
     */
    static OnnxSession open(OnnxModel model, Execution execution, Set<String> kept) {
        return open(model, execution, false, kept);
    }

    private static OnnxSession open(OnnxModel model, Execution execution, boolean training, Set<String> kept) {
        try {
            OnnxSession session = make(model, execution, training, kept);
            NativeArena.trim(); // what weights were packed in
            return session;
        } catch (InferenceException e) {
            if (kept.isEmpty()) {
                throw e;
            }
            // another process may have deleted them to make room
            return make(model, execution, training, Set.of());
        }
    }

    /**
     * Opens a session.
     *
     * @param kept the names of the weights that the engine takes from the folder of packed weights
     */
    private static OnnxSession make(OnnxModel model, Execution execution, boolean training, Set<String> kept) {
        execution.startEngine();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (TensorArena arena = new TensorArena();
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            setThreads(options, execution);
            if (execution.profile().isPresent()) {
                options.enableProfiling(execution.profile().get().toString());
            }
            if (execution.device() instanceof Device.Cuda cuda) {
                addCuda(options, cuda.index());
            }
            if (training) {
                options.setMemoryPatternOptimization(false);
                if (!model.fed() && model.weights().stream().noneMatch(weight -> weight.type() == ElementType.UINT8)) {
                    options.addConfigEntry("session.disable_prepacking", "1");
                }
            }
            Map<String, OnnxTensorLike> weights = new LinkedHashMap<>();
            List<ExternalWeight> external = model.fed()
                    ? List.of()
                    : model.weights().stream()
                            .filter(weight -> !kept.contains(weight.name()))
                            .toList();
            Optional<Path> folder = Optional.empty();
            if (!kept.isEmpty()) {
                Path real = execution.packed().orElseThrow().folder().toRealPath();
                options.addConfigEntry("session.model_external_initializers_file_folder_path", real.toString());
                folder = Optional.of(real);
            }
            Map<String, ByteBuffer> buffers = OnnxModel.data(arena.memory(), external);
            for (ExternalWeight weight : external) {
                ByteBuffer buffer = Objects.requireNonNull(buffers.get(weight.name()));
                weights.put(
                        weight.name(),
                        arena.tensor(buffer, weight.type(), weight.shape().sizes()));
            }
            options.addExternalInitializers(weights);
            OrtSession session = environment.createSession(model.bytes(), options);
            folder.ifPresent(MappedFile::releaseAllOf); // what was read to be packed is not needed any more
            return new OnnxSession(session);
        } catch (OrtException | IOException e) {
            throw new InferenceException("cannot make a session: " + e.getMessage(), e);
        }
    }

    private static void setThreads(OrtSession.SessionOptions options, Execution execution) throws OrtException {
        if (execution.sharesThreads()) {
            options.disablePerSessionThreads();
            return;
        }
        options.setIntraOpNumThreads(execution.threads());
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", execution.spinning() ? "1" : "0");
        options.addConfigEntry("session.force_spinning_stop", execution.restsAfterRun() ? "1" : "0");
    }

    private static void addCuda(OrtSession.SessionOptions options, int index) throws OrtException {
        CudaMemory.of(index); // says what is missing below the provider
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
            for (Map.Entry<String, String> setting :
                    CudaProvider.settings(index).entrySet()) {
                if (!setting.getKey().equals("device_id")) {
                    cuda.add(setting.getKey(), setting.getValue());
                }
            }
            CudaProvider.explained(index, () -> {
                try {
                    options.addCUDA(cuda);
                } catch (OrtException e) {
                    throw new InferenceException(String.valueOf(e.getMessage()), e);
                }
            });
        }
    }

    /** Makes a tensor over a direct buffer from its position to its limit, without a copy; the caller closes it. */
    static OnnxTensor tensor(ByteBuffer buffer, ElementType type, long... shape) {
        try {
            return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, shape, javaType(type));
        } catch (OrtException e) {
            throw new InferenceException("cannot make a tensor: " + e.getMessage(), e);
        }
    }

    @Override
    public Binding<OnnxTensor> bind() {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        Map<String, OnnxTensor> outputs = new HashMap<>();
        return new Binding<>() {
            private boolean givesBack;

            @Override
            public void givesBack() {
                givesBack = true;
            }

            @Override
            public void input(String name, OnnxTensor tensor) {
                inputs.put(name, tensor);
            }

            @Override
            public void output(String name, OnnxTensor tensor) {
                outputs.put(name, tensor);
            }

            @Override
            public void run() {
                OnnxSession.this.run(inputs, outputs, Set.of(), givesBack).close();
            }

            @Override
            public void close() {}
        };
    }

    /** Runs the graph, whose outputs are written to tensors of the caller. */
    void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
        run(inputs, outputs, Set.of(), false).close();
    }

    /**
     * Runs the graph.
     *
     * @param outputs what it writes to, by name
     * @param asked the names of further outputs, which are made
     * @param givesBack whether the memory that the engine worked in is given back
     * @return those of {@code asked}, to be closed by the caller, and those of {@code outputs}
     */
    OrtSession.Result run(
            Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs, Set<String> asked, boolean givesBack) {
        if (!givesBack) {
            return run(inputs, outputs, asked, null);
        }
        try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
            return run(inputs, outputs, asked, options);
        } catch (OrtException e) {
            throw new InferenceException("a run failed: " + e.getMessage(), e);
        }
    }

    private OrtSession.Result run(
            Map<String, OnnxTensor> inputs,
            Map<String, OnnxTensor> outputs,
            Set<String> asked,
            OrtSession.@Nullable RunOptions options) {
        try {
            return session.run(inputs, asked, outputs, options);
        } catch (OrtException e) {
            throw new InferenceException("a run failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new InferenceException("cannot close a session: " + e.getMessage(), e);
        }
    }

    private static OnnxJavaType javaType(ElementType type) {
        return switch (type) {
            case FLOAT -> OnnxJavaType.FLOAT;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT8 -> OnnxJavaType.INT8;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
        };
    }
}
