package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A GGUF file, or the files it was split into, in Hugging Face's words: names of tensors, {@link ModelConfig}. */
final class GgufModel {
    /** As {@code llama-gguf-split} names files. */
    private static final Pattern SPLIT_NAME =
            Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.gguf)", Pattern.CASE_INSENSITIVE);

    private static final int MAX_SPLITS = 1000;
    /** Tokens that end a turn where a file does not name them, as llama.cpp finds them. */
    private static final Set<String> TURN_ENDS =
            Set.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|eom_id|>");

    private static final String ROPE_FREQUENCIES = "rope_freqs.weight";
    private static final Pattern FIRST_BIAS = Pattern.compile(
            "(?:model\\.layers|transformer\\.h)\\.0\\.(?:self_attn|attn|mlp)\\.((?:q|k|v|o|qkv|gate|up|down|gate_up)_proj"
                    + "|c_attn|c_proj|c_fc)\\.bias");

    private final List<Gguf> files;
    private final Gguf gguf; // the first, which has the metadata
    private final String architecture;
    private final GgufFamily family;

    private GgufModel(List<Gguf> files) {
        this.files = files;
        this.gguf = files.get(0);
        if (!(gguf.metadata().get("general.architecture") instanceof String name) || name.isBlank()) {
            throw new CheckpointException("GGUF file " + gguf.file() + " has no general.architecture");
        }
        this.architecture = name;
        this.family = GgufFamily.of(
                name,
                files.stream()
                        .flatMap(file -> file.tensors().stream())
                        .anyMatch(tensor -> tensor.name().endsWith(".post_ffw_norm.weight")));
        GgufKeys.check(gguf, architecture);
    }

    static Checkpoint open(Path file) {
        Gguf first = read(file);
        List<Gguf> files = new ArrayList<>(List.of(first));
        long count = split(first, "count", 1);
        String name = String.valueOf(file.getFileName());
        if (count != 1) {
            Matcher parts = SPLIT_NAME.matcher(name);
            if (count < 1 || count > MAX_SPLITS || !parts.matches() || Long.parseLong(parts.group(3)) != count) {
                throw new CheckpointException("GGUF file " + file + " is one of " + count
                        + " that belong together; expected 1 to " + MAX_SPLITS + " and a name such as NAME-00001-of-"
                        + "%05d.gguf".formatted(Math.max(1, Math.min(count, 99999))));
            }
            if (split(first, "no", 0) != 0 || Long.parseLong(parts.group(2)) != 1) {
                throw new CheckpointException("GGUF file " + file + " is not the first of its " + count + "; open "
                        + splitName(parts, 0, count));
            }
            for (int i = 1; i < count; i++) {
                files.add(readSplit(file.resolveSibling(splitName(parts, i, count)), i, count));
            }
            name = parts.group(1);
        }
        return checkpoint(first, List.copyOf(files), name.replaceFirst("(?i)\\.gguf$", ""));
    }

    /** Families that are not known may have other settings: then it is the family that is said to be wrong. */
    private static Checkpoint checkpoint(Gguf first, List<Gguf> files, String name) {
        try {
            return new GgufModel(files).checkpoint(name);
        } catch (CheckpointException e) {
            if (first.metadata().get("general.architecture") instanceof String family
                    && !family.isBlank()
                    && !KnownFamilies.NAMES.contains(family)) {
                throw KnownFamilies.unknown("GGUF file " + first.file(), family, e);
            }
            throw e;
        }
    }

    private static Gguf read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return Gguf.read(file, channel);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Gguf readSplit(Path file, int index, long count) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + " is missing, the first file of the model says there are " + count);
        }
        Gguf gguf = read(file);
        if (split(gguf, "no", -1) != index || split(gguf, "count", -1) != count) {
            throw new CheckpointException("GGUF file " + file + " says it is number " + split(gguf, "no", -1) + " of "
                    + split(gguf, "count", -1) + ", expected " + index + " of " + count
                    + " (counted from 0); it is of another model or was renamed");
        }
        return gguf;
    }

    private static String splitName(Matcher parts, int index, long count) {
        return "%s-%05d-of-%05d%s".formatted(parts.group(1), index + 1, count, parts.group(4));
    }

    private static long split(Gguf gguf, String key, long fallback) {
        return gguf.metadata().get("split." + key) instanceof Long value ? value : fallback;
    }

    private Checkpoint checkpoint(String name) {
        int headDim = headDim();
        TensorTable table = new TensorTable();
        for (Gguf file : files) {
            table.add(file.mapping());
            try (FileChannel channel = FileChannel.open(file.file(), StandardOpenOption.READ)) {
                table.add(file.file(), channel, file.dataStart(), entries(file, headDim));
            } catch (IOException e) {
                throw new CheckpointException("cannot read " + file.file() + ": " + e.getMessage(), e);
            }
        }
        long found = (long) table.tensors().size() + table.unsupported().size();
        long expected = split(gguf, "tensors.count", found);
        if (files.size() > 1 && expected != found) {
            throw new CheckpointException("GGUF file " + gguf.file() + " says the model has " + expected
                    + " tensors, its " + files.size() + " files have " + found);
        }
        if (family.normsPlusOne()) {
            table.tensors().replaceAll((key, tensor) -> key.endsWith("norm.weight") ? lessOne(tensor) : tensor);
        }
        ModelConfig config = config(table.tensors(), headDim);
        return new Checkpoint(gguf.file(), name, config, table, () -> GgufTokenizer.build(gguf));
    }

    /** Takes one off norms that were stored as {@code 1 + w}. */
    private WeightTensor lessOne(WeightTensor stored) {
        if (stored.shape().size() != 1 || stored.rowLength() > 1 << 18) {
            throw new CheckpointException("tensor " + stored.name() + " of " + gguf.file() + " has shape "
                    + stored.shape() + ", expected the weights of a norm");
        }
        float[] values = stored.toFloats();
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value - 1);
        }
        return new WeightTensor(stored.name(), WeightEncoding.F32, stored.shape(), data.flip(), 0);
    }

    private List<TensorTable.Entry> entries(Gguf file, int headDim) {
        List<TensorTable.Entry> entries = new ArrayList<>(file.tensors().size());
        for (Gguf.Tensor tensor : file.tensors()) {
            List<Long> shape = new ArrayList<>(tensor.dimensions());
            Collections.reverse(shape);
            WeightEncoding encoding = WeightEncoding.ofGgufType(tensor.type());
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
                            "tensor " + tensor.name() + " of " + file.file() + " has an impossible shape " + shape, e);
                }
            }
            String name = family.huggingFaceName(tensor.name());
            entries.add(new TensorTable.Entry(
                    name,
                    encoding == null ? "ggml type " + Integer.toUnsignedString(tensor.type()) : encoding.name(),
                    encoding,
                    shape,
                    saturatedAdd(file.dataStart(), tensor.offset()),
                    length,
                    family.interleaves(name) ? headDim : 0));
        }
        return entries;
    }

    private static long saturatedAdd(long a, long b) {
        return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
    }

    private int headDim() {
        int declared = integer("attention.key_length", 0);
        int heads = integer("attention.head_count", -1);
        int headDim = declared != 0 ? declared : heads > 0 ? integer("embedding_length", -1) / heads : 0;
        if (headDim < 1 || headDim % 2 != 0) {
            throw bad("attention.key_length", "heads of " + headDim + " values are not possible");
        }
        int valueDim = integer("attention.value_length", headDim);
        if (valueDim != headDim) {
            throw bad("attention.value_length", "expected that of keys, " + headDim + ", got " + valueDim);
        }
        return headDim;
    }

    private ModelConfig config(Map<String, WeightTensor> tensors, int headDim) {
        int heads = integer("attention.head_count", -1);
        int layers = integer("block_count", -1);
        int hiddenSize = integer("embedding_length", -1);
        Object tokens = gguf.metadata().get("tokenizer.ggml.tokens");
        int vocabulary = tokens instanceof Gguf.Strings strings ? strings.size() : integer("vocab_size", -1);
        boolean rotary = !tensors.containsKey("transformer.wpe.weight");
        Map<String, Object> settings = settings();
        settings.putAll(family.settings(settings, layers, hiddenSize, heads, headDim));
        try {
            return new ModelConfig(
                    family.modelType(),
                    hiddenSize,
                    integer("feed_forward_length", -1),
                    layers,
                    heads,
                    integer("attention.head_count_kv", heads),
                    headDim,
                    rotary ? integer("rope.dimension_count", headDim) : 0,
                    vocabulary,
                    integer("context_length", -1),
                    windows(layers),
                    number("attention.layer_norm_rms_epsilon", number("attention.layer_norm_epsilon", 1e-5)),
                    number("rope.freq_base", 10000),
                    ropeScaling(tensors),
                    !tensors.containsKey("lm_head.weight"),
                    biases(tensors),
                    family.activation(),
                    token("bos", vocabulary),
                    endTokens(vocabulary),
                    token("padding", vocabulary),
                    Optional.empty(),
                    settings);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("GGUF file " + gguf.file() + ": " + e.getMessage(), e);
        }
    }

    /** Those of projections that the first block has, as llama.cpp takes them. */
    private static Set<String> biases(Map<String, WeightTensor> tensors) {
        Set<String> biases = new TreeSet<>();
        for (String name : tensors.keySet()) {
            Matcher bias = FIRST_BIAS.matcher(name);
            if (bias.matches()) {
                biases.add(bias.group(1));
            }
        }
        return biases;
    }

    private List<Integer> windows(int layers) {
        int window = integer("attention.sliding_window", 0);
        IntPredicate sliding = switch (architecture) {
            case "gemma2" -> layer -> layer % 2 == 0;
            case "gemma3" -> pattern(layers);
            default -> layer -> true;
        };
        return IntStream.range(0, layers)
                .mapToObj(layer -> sliding.test(layer) ? window : 0)
                .toList();
    }

    /** A truth value for each layer, or every so many layers one that sees all. */
    private IntPredicate pattern(int layers) {
        String key = "attention.sliding_window_pattern";
        if (gguf.metadata().get(architecture + "." + key) instanceof Gguf.Numbers each
                && each.size() == layers
                && each.get(0) instanceof Boolean) {
            return layer -> each.get(layer).equals(true);
        }
        int pattern = Math.max(1, integer(key, 6));
        return layer -> (layer + 1) % pattern != 0;
    }

    private RopeScaling ropeScaling(Map<String, WeightTensor> tensors) {
        double factor = number("rope.scaling.factor", number("rope.scale_linear", 1)); // the second is the old name
        Object type = gguf.metadata()
                .getOrDefault(architecture + ".rope.scaling.type", factor == 1 || factor == 0 ? "none" : "linear");
        double attention = number("rope.scaling.attn_factor", 1);
        int original = integer("rope.scaling.original_context_length", integer("context_length", 0));
        if (tensors.containsKey("rope_factors_long.weight")) {
            return new RopeScaling.LongRope(
                    divisors(tensors, "rope_factors_short.weight"),
                    divisors(tensors, "rope_factors_long.weight"),
                    original,
                    attention);
        }
        if (type.equals("yarn") && !tensors.containsKey(ROPE_FREQUENCIES)) {
            return new RopeScaling.Yarn(
                    factor,
                    original,
                    number("rope.scaling.yarn_beta_fast", 32),
                    number("rope.scaling.yarn_beta_slow", 1),
                    true,
                    attention * RopeScaling.Yarn.attentionFactor(factor, 1));
        }
        if (attention != 1) {
            throw bad("rope.scaling.attn_factor", "expected 1 for the scaling type " + type + ", got " + attention);
        }
        if (tensors.containsKey(ROPE_FREQUENCIES)) {
            if (!type.equals("none") && factor != 1) {
                throw bad("rope.scaling.type", "expected none beside the tensor rope_freqs, got " + type);
            }
            return new RopeScaling.Factors(divisors(tensors, ROPE_FREQUENCIES));
        }
        if (type.equals("linear")) {
            return new RopeScaling.Linear(factor);
        }
        if (!type.equals("none")) {
            throw bad(
                    "rope.scaling.type",
                    "unsupported " + type
                            + ", supported: none, linear, yarn, and the tensors rope_freqs, rope_factors_long and _short");
        }
        return new RopeScaling.None();
    }

    private List<Float> divisors(Map<String, WeightTensor> tensors, String name) {
        WeightTensor stored = tensors.get(name);
        if (stored == null) {
            throw new CheckpointException("GGUF file " + gguf.file() + " has no tensor " + name);
        }
        if (stored.size() > 1 << 16) {
            throw new CheckpointException("tensor " + name + " of " + gguf.file() + " has " + stored.size()
                    + " values; one for each pair of a head's dimensions was expected");
        }
        List<Float> values = new ArrayList<>();
        for (float value : stored.toFloats()) {
            values.add(value);
        }
        return values;
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
        if (token("eot", vocabulary).isEmpty()
                && gguf.metadata().get("tokenizer.ggml.tokens") instanceof Gguf.Strings tokens) {
            for (int id = 0; id < tokens.size(); id++) {
                // most are told apart by their length alone
                int length = tokens.byteLength(id);
                if (length > 6 && length < 14 && TURN_ENDS.contains(tokens.get(id))) {
                    ids.add(id);
                }
            }
        }
        return List.copyOf(ids);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        gguf.metadata().forEach((key, value) -> {
            Object scalar =
                    value instanceof Gguf.Numbers numbers ? numbers.same().orElse(value) : value;
            if (key.startsWith(architecture + ".")
                    && !(scalar instanceof Gguf.Strings || scalar instanceof Gguf.Numbers)) {
                settings.put(
                        key.substring(architecture.length() + 1),
                        scalar instanceof Long i ? (Object) (double) i : scalar);
            }
        });
        return settings;
    }

    /** An integer setting of the family; {@code fallback} -1 means that it must be there. */
    private int integer(String key, int fallback) {
        Object value = scalar(key);
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

    /** A setting of the family; of one that is given for each layer, the value they share. */
    private @Nullable Object scalar(String key) {
        Object value = gguf.metadata().get(architecture + "." + key);
        if (!(value instanceof Gguf.Numbers numbers)) {
            return value;
        }
        Object layers = gguf.metadata().get(architecture + ".block_count");
        if (!(layers instanceof Long count) || count != numbers.size()) {
            throw bad(key, "expected a value, or one for each of " + layers + " layers, got " + numbers.size());
        }
        return numbers.same().orElse(value);
    }

    private double number(String key, double fallback) {
        Object value = scalar(key);
        if (value == null) {
            return fallback;
        }
        if (!(value instanceof Number number)) {
            throw bad(
                    key,
                    value instanceof Gguf.Numbers
                            ? "values that differ by layer are not supported"
                            : "expected a number, got " + value);
        }
        return number.doubleValue();
    }

    private CheckpointException bad(String key, String what) {
        return new CheckpointException("GGUF file " + gguf.file() + ", " + architecture + "." + key + ": " + what);
    }
}
