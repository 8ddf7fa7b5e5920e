package dev.llmadapt.peft.onnx;

import dev.llmadapt.AdapterException;
import dev.llmadapt.DataType;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig.Bias;
import dev.llmadapt.peft.folder.AdapterConfig.Lora;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.folder.FloatBytes;
import dev.llmadapt.peft.folder.LoraFactors;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.onnx.OnnxAdapterFile.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * LoRA as parameters of an {@code .onnx_adapter} file, and back. The conventions are those of Microsoft's Olive: names
 * as PEFT's but for a leading {@code base_model.model.model}, which becomes {@code model}; factors transposed, so that
 * the graph multiplies {@code x A B}; the scaling in B. Other than Olive's, the scaling is each module's own.
 */
public final class OnnxAdapters {
    private static final String PREFIX = "base_model.model.";

    private OnnxAdapters() {}

    /**
     * To parameters: A {@code (in, rank)}, B {@code (rank, out)}.
     *
     * @param name of the adapter, for messages
     * @param names from Olive's name to that of the graph's input
     * @throws AdapterException if the adapter is more than low-rank updates of linear layers
     */
    public static OnnxAdapterFile of(String name, StoredAdapter adapter, DataType type, UnaryOperator<String> names) {
        if (!(adapter.config() instanceof Lora config)) {
            throw unfit(name, "its method is " + adapter.config().method() + ", only LORA has such files");
        }
        if (config.decomposed()) {
            throw unfit(name, "it is DoRA (use_dora), which a product of two factors cannot express");
        }
        LoraFactors factors = LoraFactors.of(config, adapter.tensors());
        if (config.bias() != Bias.NONE || !factors.others().isEmpty()) {
            throw unfit(
                    name,
                    "it also replaces weights of the base"
                            + (factors.others().isEmpty()
                                    ? ""
                                    : ", such as " + factors.others().get(0)));
        }
        List<Parameter> parameters = new ArrayList<>();
        factors.modules().forEach((path, update) -> {
            if (factors.embeddings().contains(path)) {
                throw unfit(name, "it changes the embedding " + path + ", for which graphs have no such input");
            }
            if (update.bias().isPresent()) {
                throw unfit(name, "the factor B of " + path + " has a bias (lora_bias)");
            }
            float[] a = transpose(update.a(), update.rank(), update.in(), 1);
            float[] b = transpose(update.b(), update.out(), update.rank(), (float) update.scaling());
            parameters.add(parameter(names, path + LoraFactors.A, a, update.in(), update.rank(), type));
            parameters.add(parameter(names, path + LoraFactors.B, b, update.rank(), update.out(), type));
        });
        return new OnnxAdapterFile(1, 1, parameters);
    }

    private static AdapterException unfit(String name, String why) {
        return new AdapterException("'" + name + "' cannot be written as an .onnx_adapter file: " + why);
    }

    private static Parameter parameter(
            UnaryOperator<String> names, String key, float[] values, int rows, int columns, DataType type) {
        WeightEncoding encoding = WeightEncoding.valueOf(type.name());
        ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(encoding.bytes(values.length)))
                .order(ByteOrder.LITTLE_ENDIAN);
        FloatBytes.put(values, values.length, encoding, data, key);
        String olives = key.startsWith("model.") ? key : PREFIX + key;
        return new Parameter(
                names.apply(olives), List.of((long) rows, (long) columns), onnxType(encoding), data.flip());
    }

    private static int onnxType(WeightEncoding encoding) {
        return switch (encoding) {
            case F16 -> OnnxAdapterFile.FLOAT16;
            case BF16 -> OnnxAdapterFile.BFLOAT16;
            default -> OnnxAdapterFile.FLOAT;
        };
    }

    private static float[] transpose(float[] values, int rows, int columns, float factor) {
        float[] transposed = new float[values.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                transposed[c * rows + r] = values[r * columns + c] * factor;
            }
        }
        return transposed;
    }

    /**
     * From parameters. What the scaling was is no longer known: it stays in B, and the result's own is 1.
     *
     * @param file its parameters, each of one factor
     * @param names from the graph's names to Olive's
     * @throws AdapterException if a parameter is no factor of a module, or has no counterpart
     */
    public static StoredAdapter stored(OnnxAdapterFile file, UnaryOperator<String> names) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        Set<String> targets = new LinkedHashSet<>();
        for (Parameter parameter : file.parameters()) {
            String key = key(parameter, names);
            boolean isA = key.endsWith(LoraFactors.A);
            WeightTensor stored = transposed(key, parameter);
            if (tensors.put(key, stored) != null) {
                throw new AdapterException("two parameters are the factor " + key + "; correct the name map");
            }
            String path = key.substring(0, key.lastIndexOf(".lora_"));
            int rank = isA ? stored.rows() : stored.rowLength();
            Integer other = ranks.putIfAbsent(path, rank);
            if (other != null && other != rank) {
                throw new AdapterException(
                        "the factors of " + path + " do not fit each other: ranks " + other + " and " + rank);
            }
            targets.add(path.substring(path.lastIndexOf('.') + 1));
        }
        for (String path : ranks.keySet()) {
            for (String suffix : List.of(LoraFactors.A, LoraFactors.B)) {
                if (!tensors.containsKey(path + suffix)) {
                    throw new AdapterException(
                            "the file has no parameter for " + path + suffix + ", the other half of what it does have");
                }
            }
        }
        if (ranks.isEmpty()) {
            throw new AdapterException("the file has no parameters");
        }
        Targets chosen = new Targets(List.copyOf(targets), Optional.empty(), Optional.empty(), List.of(), List.of());
        StoredAdapter.Base base =
                new StoredAdapter.Base(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return new StoredAdapter(LoraFactors.unitScaled(ranks, chosen, 0, false), base, tensors);
    }

    private static String key(Parameter parameter, UnaryOperator<String> names) {
        String name = names.apply(parameter.name());
        String key = (name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name)
                .replaceFirst("\\.lora_([AB])\\.default\\.weight$", ".lora_$1.weight");
        if (!key.matches(".+\\.lora_[AB]\\.weight")) {
            throw new AdapterException("parameter '" + parameter.name() + "'"
                    + (name.equals(parameter.name()) ? "" : " (mapped to '" + name + "')")
                    + " is not named after a factor, such as model.layers.0.self_attn.q_proj.lora_A.weight;"
                    + " give a name map");
        }
        return key;
    }

    private static WeightTensor transposed(String key, Parameter parameter) {
        WeightEncoding encoding = switch (parameter.dataType()) {
            case OnnxAdapterFile.FLOAT -> WeightEncoding.F32;
            case OnnxAdapterFile.FLOAT16 -> WeightEncoding.F16;
            case OnnxAdapterFile.BFLOAT16 -> WeightEncoding.BF16;
            default ->
                throw new AdapterException("parameter '" + parameter.name() + "' is of the ONNX type "
                        + parameter.dataType() + ", expected a floating-point type: 1, 10 or 16");
        };
        if (parameter.dims().size() != 2) {
            throw new AdapterException(
                    "parameter '" + parameter.name() + "' must be a matrix, its shape: " + parameter.dims());
        }
        int rows = Math.toIntExact(parameter.dims().get(0));
        int columns = Math.toIntExact(parameter.dims().get(1));
        if (rows == 0 || columns == 0) {
            throw new AdapterException("parameter '" + parameter.name() + "' is empty: " + parameter.dims());
        }
        int bytes = encoding.bytesPerBlock();
        ByteBuffer source = parameter.data();
        ByteBuffer target = ByteBuffer.allocate(source.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                int at = (r * columns + c) * bytes;
                if (bytes == 4) {
                    target.putInt(source.getInt(at));
                } else {
                    target.putShort(source.getShort(at));
                }
            }
        }
        return new WeightTensor(key, encoding, List.of((long) columns, (long) rows), target.flip(), 0);
    }
}
