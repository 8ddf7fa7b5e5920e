package dev.llmadapt.peft.checkpoint;

import dev.llmadapt.peft.CheckpointException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A GGUF file in Hugging Face's words: names of tensors, {@link ModelConfig}. */
final class GgufModel {
    /** Families whose query and key rows llama.cpp's converter interleaves ({@code LlamaModel.permute} and heirs). */
    private static final Set<String> INTERLEAVED =
            Set.of("llama", "minicpm", "granite", "smollm3", "arcee", "mistral3");

    private static final Map<String, String> NAMES = Map.of(
            "token_embd", "model.embed_tokens",
            "output_norm", "model.norm",
            "output", "lm_head");
    private static final Map<String, String> BLOCK_NAMES = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_qkv", "self_attn.qkv_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));
    /** Families with a norm before and after each half of a block name them differently. */
    private static final Map<String, String> SANDWICH_NAMES = Map.of(
            "ffn_norm", "pre_feedforward_layernorm",
            "post_attention_norm", "post_attention_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm");

    private final Gguf gguf;
    private final String family;

    private GgufModel(Gguf gguf) {
        this.gguf = gguf;
        if (!(gguf.metadata().get("general.architecture") instanceof String name) || name.isBlank()) {
            throw new CheckpointException("GGUF file " + gguf.file() + " has no general.architecture");
        }
        this.family = name;
    }

    static Checkpoint open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Gguf gguf = Gguf.read(file, channel);
            GgufModel model = new GgufModel(gguf);
            int headDim = model.headDim();
            List<TensorTable.Entry> entries = model.entries(headDim);
            TensorTable table = new TensorTable();
            table.add(file, channel, gguf.dataStart(), entries);
            ModelConfig config = model.config(table.tensors(), headDim);
            String name = String.valueOf(file.getFileName()).replaceFirst("(?i)\\.gguf$", "");
            return new Checkpoint(file, name, config, table, () -> GgufTokenizer.build(gguf));
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private List<TensorTable.Entry> entries(int headDim) {
        boolean sandwich =
                gguf.tensors().stream().anyMatch(tensor -> tensor.name().endsWith(".post_ffw_norm.weight"));
        boolean interleaved = INTERLEAVED.contains(family);
        List<TensorTable.Entry> entries = new ArrayList<>(gguf.tensors().size());
        for (Gguf.Tensor tensor : gguf.tensors()) {
            List<Long> shape = new ArrayList<>(tensor.dimensions());
            Collections.reverse(shape);
            Encoding encoding = Encoding.ofGgufType(tensor.type());
            long length = 0;
            if (encoding != null) {
                try {
                    long values = 1;
                    for (long dimension : shape) {
                        values = Math.multiplyExact(values, dimension);
                    }
                    length = encoding.bytes(values);
                } catch (ArithmeticException e) {
                    throw new CheckpointException(
                            "tensor " + tensor.name() + " of " + gguf.file() + " has an impossible shape " + shape, e);
                }
            }
            String name = huggingFaceName(tensor.name(), sandwich);
            boolean rotary =
                    interleaved && (name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj."));
            entries.add(new TensorTable.Entry(
                    name,
                    encoding == null ? "ggml type " + Integer.toUnsignedString(tensor.type()) : encoding.name(),
                    encoding,
                    shape,
                    saturatedAdd(gguf.dataStart(), tensor.offset()),
                    length,
                    rotary ? headDim : 0));
        }
        return entries;
    }

    private static long saturatedAdd(long a, long b) {
        return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
    }

    static String huggingFaceName(String name, boolean sandwich) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return name;
        }
        String stem = name.substring(0, dot);
        String suffix = name.substring(dot);
        String plain = NAMES.get(stem);
        if (plain != null) {
            return plain + suffix;
        }
        if (!stem.startsWith("blk.")) {
            return name;
        }
        int second = stem.indexOf('.', 4);
        if (second < 0) {
            return name;
        }
        String part = stem.substring(second + 1);
        String mapped = sandwich ? SANDWICH_NAMES.get(part) : null;
        if (mapped == null) {
            mapped = BLOCK_NAMES.get(part);
        }
        return mapped == null ? name : "model.layers." + stem.substring(4, second) + "." + mapped + suffix;
    }

    private int headDim() {
        int declared = integer("attention.key_length", 0);
        int heads = integer("attention.head_count", -1);
        int headDim = declared != 0 ? declared : heads > 0 ? integer("embedding_length", -1) / heads : 0;
        if (headDim < 1 || headDim % 2 != 0) {
            throw bad("attention.key_length", "heads of " + headDim + " values are not possible");
        }
        return headDim;
    }

    private ModelConfig config(Map<String, WeightTensor> tensors, int headDim) {
        int heads = integer("attention.head_count", -1);
        Object tokens = gguf.metadata().get("tokenizer.ggml.tokens");
        int vocabulary = tokens instanceof Gguf.Strings strings ? strings.size() : integer("vocab_size", -1);
        try {
            return new ModelConfig(
                    family,
                    integer("embedding_length", -1),
                    integer("feed_forward_length", -1),
                    integer("block_count", -1),
                    heads,
                    integer("attention.head_count_kv", heads),
                    headDim,
                    integer("rope.dimension_count", headDim),
                    vocabulary,
                    integer("context_length", -1),
                    integer("attention.sliding_window", 0),
                    number("attention.layer_norm_rms_epsilon", 1e-5),
                    number("rope.freq_base", 10000),
                    ropeScaling(tensors.get("rope_freqs.weight")),
                    !tensors.containsKey("lm_head.weight"),
                    tensors.containsKey("model.layers.0.self_attn.q_proj.bias"),
                    tensors.containsKey("model.layers.0.mlp.down_proj.bias"),
                    family.startsWith("gemma") ? "gelu_pytorch_tanh" : "silu",
                    token("bos", vocabulary),
                    endTokens(vocabulary),
                    token("padding", vocabulary),
                    Optional.empty(),
                    settings());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("GGUF file " + gguf.file() + ": " + e.getMessage(), e);
        }
    }

    private RopeScaling ropeScaling(@Nullable WeightTensor divisors) {
        if (divisors != null) {
            if (divisors.size() > 1 << 16) {
                throw new CheckpointException("tensor rope_freqs.weight of " + gguf.file() + " has " + divisors.size()
                        + " values; one for each pair of a head's dimensions was expected");
            }
            List<Float> values = new ArrayList<>();
            for (float value : divisors.toFloats()) {
                values.add(value);
            }
            return new RopeScaling.Factors(values);
        }
        Object type = gguf.metadata().getOrDefault(family + ".rope.scaling.type", "none");
        if (type.equals("linear")) {
            return new RopeScaling.Linear(number("rope.scaling.factor", 1));
        }
        if (!type.equals("none")) {
            throw bad("rope.scaling.type", "unsupported " + type + ", supported: none, linear, rope_freqs.weight");
        }
        return new RopeScaling.None();
    }

    private OptionalInt token(String which, int vocabulary) {
        return gguf.metadata().get("tokenizer.ggml." + which + "_token_id") instanceof Long id
                        && id >= 0
                        && id < vocabulary
                ? OptionalInt.of(id.intValue())
                : OptionalInt.empty();
    }

    private List<Integer> endTokens(int vocabulary) {
        Set<Integer> ids = new TreeSet<>();
        for (String which : List.of("eos", "eot", "eom")) {
            token(which, vocabulary).ifPresent(ids::add);
        }
        return List.copyOf(ids);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        gguf.metadata().forEach((key, value) -> {
            if (key.startsWith(family + ".") && !(value instanceof Gguf.Strings || value instanceof Gguf.Numbers)) {
                settings.put(key.substring(family.length() + 1), value instanceof Long i ? (Object) (double) i : value);
            }
        });
        return settings;
    }

    /** An integer setting of the family; {@code fallback} -1 means that it must be there. */
    private int integer(String key, int fallback) {
        Object value = gguf.metadata().get(family + "." + key);
        if (value == null && fallback != -1) {
            return fallback;
        }
        if (!(value instanceof Long number) || number < 0 || number > Integer.MAX_VALUE) {
            throw bad(
                    key,
                    value == null
                            ? "missing"
                            : value instanceof Gguf.Numbers
                                    ? "values that differ by layer are not supported"
                                    : "expected an integer from 0 to " + Integer.MAX_VALUE + ", got " + value);
        }
        return number.intValue();
    }

    private double number(String key, double fallback) {
        Object value = gguf.metadata().getOrDefault(family + "." + key, fallback);
        if (!(value instanceof Number number)) {
            throw bad(key, "expected a number, got " + value);
        }
        return number.doubleValue();
    }

    private CheckpointException bad(String key, String what) {
        return new CheckpointException("GGUF file " + gguf.file() + ", " + family + "." + key + ": " + what);
    }
}
