package dev.llmadapt.cli;

import dev.llmadapt.Device;
import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.local.CacheType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that choose a model, without adapters. */
class PlainModelArguments {
    static final String DEFAULT = "default";
    static final String BANNER =
            "note: the default model, SmolLM2-135M-Instruct, is for trying commands and for labels, not for"
                    + " chat, facts or JSON; '" + Main.NAME + " models' lists others";

    @Option(
            names = "--model",
            paramLabel = "SOURCE",
            description =
                    "A name of those that 'models' lists, a folder, a .gguf file, hf:org/repo[/file.gguf][@revision],"
                            + " http://HOST/v1#MODEL for one on a server (docs/guides/remote.md), or 'default':"
                            + " SmolLM2-135M-Instruct, fetched once (98 MB).")
    List<String> given = List.of();

    @Option(
            names = "--precision",
            paramLabel = "KIND",
            defaultValue = "as-stored",
            converter = PrecisionName.class,
            description =
                    "Compute with weights as-stored, compact (K-quants such as Q4_K_M in fewer bytes, slightly rounded), or"
                            + " as fp32, int8 or int4. Default: ${DEFAULT-VALUE}.")
    Precision precision = Precision.AS_STORED;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "cpu",
            converter = DeviceName.class,
            description = "Compute, and train, on the cpu or on a CUDA GPU: cuda, cuda:1, cuda:0:fp16"
                    + " (docs/guides/cuda.md). Default: ${DEFAULT-VALUE}.")
    Device device = Device.CPU;

    @Option(
            names = "--chat-template",
            paramLabel = "FILE",
            description = "Lay conversations out by this Jinja template instead of the model's own.")
    @Nullable
    Path chatTemplate;

    @Option(
            names = "--cache-memory",
            paramLabel = "MB",
            description =
                    "Megabytes for keys and values of all answers together (docs/guides/memory.md). Default: a share"
                            + " of the machine's memory.")
    int cacheMemory;

    @Option(
            names = "--cache-type",
            paramLabel = "KIND",
            defaultValue = "as-computed",
            converter = CacheTypeName.class,
            description =
                    "Hold keys and values as-computed, or in 8 bits, a quarter of the memory, slightly rounded: int8"
                            + " (docs/guides/memory.md). Default: ${DEFAULT-VALUE}.")
    CacheType cacheType = CacheType.AS_COMPUTED;

    /** The adapters that act on every request. */
    List<AdapterArgument> acting() {
        return List.of();
    }

    /** How models on servers are asked. */
    ServerAccess server() {
        return ServerAccess.DEFAULT;
    }

    /** The sources that are named, one or several: those after commas, too, unless a file has them in its name. */
    List<String> sources() {
        List<String> all = new ArrayList<>();
        for (String text : given) {
            all.addAll(isFile(text) ? List.of(text) : List.of(text.split(",", -1)));
        }
        List<String> named = all.stream().map(String::strip).toList();
        if (named.contains("")) {
            throw new InvalidInput("--model has an empty name in its list, got '" + String.join(",", given) + "'");
        }
        return named.isEmpty() ? List.of(DEFAULT) : named;
    }

    private static boolean isFile(String text) {
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * The one source that is named.
     *
     * @throws InvalidInput if there are several
     */
    String source() {
        List<String> all = sources();
        if (all.size() > 1) {
            throw new InvalidInput("--model takes one model here, got " + all.size() + ": " + String.join(", ", all)
                    + "; 'pilot' compares several");
        }
        return all.get(0);
    }

    /** A model of this source, computed as the other options say. */
    ModelChoice choice(String source, List<AdapterArgument> acting) {
        return new ModelChoice(source, precision, device, template(), bytes(), cacheType, acting).withServer(server());
    }

    /** Says in one line what the default model is for, if it is the one. */
    void introduce(CommandContext context) {
        introduce(context, Progress.NONE);
    }

    /** Says what the default model is for, in place of a line of progress that may be there. */
    void introduce(CommandContext context, Progress progress) {
        if (acting().isEmpty() && KnownModel.isDefault(source())) {
            if (progress instanceof ProgressLine line) {
                line.close();
            }
            context.err().println(BANNER);
        }
    }

    /** Opens the model with its progress on standard error, removed from there afterwards. */
    Model open(CommandContext context) {
        try (ProgressLine progress = context.progress()) {
            return open(context, progress);
        }
    }

    /** Opens the model with a change of the choice. */
    Model open(CommandContext context, UnaryOperator<ModelChoice> change) {
        try (ProgressLine progress = context.progress()) {
            ModelChoice choice = change.apply(choice(source(), acting()));
            return InvalidInput.check(() -> context.models().open(choice, progress));
        }
    }

    Model open(CommandContext context, Progress progress) {
        return InvalidInput.check(() -> context.models().open(choice(source(), acting()), progress));
    }

    /** Opens the model as it is, whatever adapters are named. */
    Model openBase(CommandContext context, Progress progress) {
        return InvalidInput.check(() -> context.models().open(choice(source(), List.of()), progress));
    }

    /** Opens another model, computed as this one, with the chat template of its own. */
    Model openOther(String other, CommandContext context, Progress progress) {
        return InvalidInput.check(() -> context.models()
                .open(
                        new ModelChoice(other, precision, device, "", bytes(), cacheType, List.of())
                                .withServer(server()),
                        progress));
    }

    /** The bytes of {@code --cache-memory}. */
    long bytes() {
        if (cacheMemory < 0) {
            throw new InvalidInput(
                    "--cache-memory must be at least 1, or 0 for a share of the machine's, got " + cacheMemory);
        }
        return (long) cacheMemory << 20;
    }

    /** The template's text; empty where the model's own is to be used. */
    String template() {
        if (chatTemplate == null) {
            return "";
        }
        try {
            String text = Files.readString(chatTemplate);
            if (text.isEmpty()) {
                throw new InvalidInput("--chat-template " + chatTemplate + " is empty");
            }
            return text;
        } catch (IOException e) {
            throw new InvalidInput("--chat-template " + chatTemplate + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A name as {@link Device#of} takes it. */
    static final class DeviceName implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** {@code as-stored} is {@link Precision#AS_STORED}, and so on. */
    static final class PrecisionName implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String text) {
            return constant(Precision.values(), text);
        }

        static String name(Precision precision) {
            return nameOf(precision);
        }
    }

    /** The name of a way to hold keys and values, such as {@code int8}. */
    static final class CacheTypeName implements ITypeConverter<CacheType> {
        @Override
        public CacheType convert(String text) {
            return constant(CacheType.values(), text);
        }
    }

    private static <E extends Enum<E>> E constant(E[] all, String text) {
        for (E each : all) {
            if (nameOf(each).equals(text.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new TypeConversionException("expected one of "
                + Arrays.stream(all).map(PlainModelArguments::nameOf).toList() + ", got '" + text + "'");
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
