package dev.llmadapt.rag.embedding;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.llmadapt.natives.OnnxRuntime;
import dev.llmadapt.rag.embedding.EncoderTokenizer.Sequence;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The ONNX graph of an encoder: sequences of token ids in, one tensor of floats out. Thread-safe. */
final class EncoderSession implements AutoCloseable {
    private static final Set<String> INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

    private final String name;
    private final OrtSession session;
    private final String output;

    private EncoderSession(String name, OrtSession session, String output) {
        this.name = name;
        this.session = session;
        this.output = output;
    }

    /**
     * Opens a graph.
     *
     * @param outputs possible names of the output, the preferred first; the graph's first output if it has none of them
     */
    static EncoderSession open(String name, Source source, List<String> outputs) {
        OrtSession session = null;
        environment(); // before the library is touched in any other way
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1); // one text is too little work for several; forEach runs several texts
            session = source.open(environment(), options);
            for (String input : session.getInputNames()) {
                if (!INPUTS.contains(input)) {
                    throw new EmbeddingException(
                            name + " wants the input '" + input + "', expected only some of " + INPUTS, null);
                }
            }
            Map<String, NodeInfo> known = session.getOutputInfo();
            String output = outputs.stream()
                    .filter(known::containsKey)
                    .findFirst()
                    .orElse(known.keySet().iterator().next());
            NodeInfo node = known.get(output);
            if (node == null || !(node.getInfo() instanceof TensorInfo)) {
                throw new EmbeddingException(name + ": the output '" + output + "' is no tensor", null);
            }
            return new EncoderSession(name, session, output);
        } catch (OrtException | RuntimeException | Error e) {
            if (session != null) {
                try {
                    session.close();
                } catch (OrtException again) {
                    e.addSuppressed(again);
                }
            }
            if (e instanceof OrtException) {
                throw new EmbeddingException("the model of " + name + " cannot be used: " + e.getMessage(), e);
            }
            if (e instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw (Error) e;
        }
    }

    /** The environment of ONNX Runtime, started as in the whole library. */
    private static OrtEnvironment environment() {
        OnnxRuntime.start();
        return OrtEnvironment.getEnvironment();
    }

    /** Runs a batch of sequences, padded on the right to the longest. */
    Output run(List<Sequence> batch) {
        int length = batch.stream().mapToInt(each -> each.ids().length).max().orElse(0);
        long[] shape = {batch.size(), length}; // (batch, seq)
        long[] ids = new long[batch.size() * length];
        long[] mask = new long[ids.length];
        long[] types = new long[ids.length];
        for (int row = 0; row < batch.size(); row++) {
            Sequence each = batch.get(row);
            System.arraycopy(each.ids(), 0, ids, row * length, each.ids().length);
            System.arraycopy(each.types(), 0, types, row * length, each.types().length);
            Arrays.fill(mask, row * length, row * length + each.ids().length, 1);
        }
        OrtEnvironment environment = environment();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String input : session.getInputNames()) {
                long[] values = input.equals("input_ids") ? ids : input.equals("attention_mask") ? mask : types;
                inputs.put(input, OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
                OnnxTensor tensor = (OnnxTensor) result.get(0);
                FloatBuffer buffer = tensor.getFloatBuffer();
                if (buffer == null) {
                    throw new EmbeddingException(name + ": the output '" + output + "' is not of floats", null);
                }
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                return new Output(values, tensor.getInfo().getShape());
            }
        } catch (OrtException e) {
            throw new EmbeddingException("a run of " + name + " failed: " + e.getMessage(), e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    /**
     * Refuses output of a model that is not finite.
     *
     * @throws EmbeddingException if a number is not finite: it would be near to nothing, or to everything
     */
    static void requireFinite(String model, String text, float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new EmbeddingException(
                        model + " gives " + value + " for the text '"
                                + (text.length() > 80 ? text.substring(0, 80) + "..." : text)
                                + "'; its weights hold numbers that are not finite, or it overflows 16-bit floats: take its"
                                + " files in 32-bit floats, and compare them with where they came from",
                        null);
            }
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new EmbeddingException(name + " cannot be closed: " + e.getMessage(), e);
        }
    }

    /** The origin of a graph: a file, or bytes. */
    @FunctionalInterface
    interface Source {
        OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
    }

    /**
     * An output tensor.
     *
     * @param values the values, row by row
     * @param shape the shape
     */
    record Output(float[] values, long[] shape) {}
}
