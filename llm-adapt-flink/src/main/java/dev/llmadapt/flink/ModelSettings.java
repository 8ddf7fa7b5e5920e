package dev.llmadapt.flink;

import dev.llmadapt.Device;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.pilot.rows.RowAnswerer;
import dev.llmadapt.pilot.saved.SavedStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a task manager opens, once for all functions with equal settings. What is not said is null. Immutable.
 *
 * @param strategy the folder of a saved strategy
 * @param model the checkpoint, as {@link ModelSource#parse} reads it
 * @param adapter the folder of a PEFT adapter
 * @param keepOpen how long it stays open when no function needs it
 */
record ModelSettings(
        @Nullable String strategy,
        @Nullable String model,
        @Nullable String adapter,
        @Nullable Precision precision,
        @Nullable String device,
        @Nullable Integer threads,
        @Nullable Integer maxBatch,
        Duration keepOpen)
        implements Opening {
    /** What requests call the adapter. */
    static final String ADAPTER = "adapter";

    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/");

    /** Refuses settings that no model can be opened with. */
    ModelSettings {
        if (keepOpen.isNegative()) {
            throw new IllegalArgumentException("'keep-open' must not be negative, got " + keepOpen);
        }
        var unused = options(precision, device, threads, maxBatch);
    }

    /** Reads them, and refuses options that do not go together. */
    static ModelSettings of(ReadableConfig options) {
        requirePath(options, LlmAdaptOptions.STRATEGY);
        requirePath(options, LlmAdaptOptions.ADAPTER);
        requireText(options, LlmAdaptOptions.MODEL);
        String strategy = options.get(LlmAdaptOptions.STRATEGY);
        String model = options.get(LlmAdaptOptions.MODEL);
        if (strategy == null && model == null) {
            throw new IllegalArgumentException("a model of llm-adapt needs 'strategy', the folder that 'pilot --save'"
                    + " wrote, or 'model', a checkpoint");
        }
        if (strategy != null) {
            refuse(
                    options,
                    LlmAdaptOptions.OF_MODELS,
                    "is for a 'model' without a 'strategy', which knows itself how"
                            + " it asks; leave one of them out");
        }
        if (model == null) {
            refuse(
                    options,
                    LlmAdaptOptions.OF_ENGINES,
                    "says how a 'model' is opened, and there is none; name the one"
                            + " that the strategy was measured on, or leave this out");
        }
        return new ModelSettings(
                strategy,
                model,
                options.get(LlmAdaptOptions.ADAPTER),
                options.get(LlmAdaptOptions.PRECISION),
                options.get(LlmAdaptOptions.DEVICE),
                options.get(LlmAdaptOptions.THREADS),
                options.get(LlmAdaptOptions.MAX_BATCH),
                options.get(LlmAdaptOptions.KEEP_OPEN));
    }

    private static void requireText(ReadableConfig options, ConfigOption<String> option) {
        String value = options.get(option);
        if (value != null && value.isBlank()) {
            throw new IllegalArgumentException("the option '" + option.key() + "' is empty; leave it out, or name one");
        }
    }

    private static void requirePath(ReadableConfig options, ConfigOption<String> option) {
        requireText(options, option);
        String value = options.get(option);
        if (value != null && URI.matcher(value).lookingAt()) {
            throw new IllegalArgumentException("the option '" + option.key()
                    + "' is a path that all task managers see, such as /models/tickets, and no URI, got " + value);
        }
    }

    private static void refuse(ReadableConfig options, Iterable<ConfigOption<?>> each, String why) {
        for (ConfigOption<?> option : each) {
            if (options.getOptional(option).isPresent()) {
                throw new IllegalArgumentException("the option '" + option.key() + "' " + why);
            }
        }
    }

    private static ModelOptions options(
            @Nullable Precision precision,
            @Nullable String device,
            @Nullable Integer threads,
            @Nullable Integer maxBatch) {
        ModelOptions options = ModelOptions.defaults();
        options = precision == null ? options : options.withPrecision(precision);
        options = device == null ? options : options.withDevice(Device.of(device));
        options = threads == null ? options : options.withThreads(threads);
        return maxBatch == null ? options : options.withMaxBatch(maxBatch);
    }

    @Override
    public List<String> version() {
        List<String> written = new ArrayList<>();
        if (strategy != null) {
            written.add(written(Path.of(strategy, "strategy.json")));
        }
        if (adapter != null) {
            written.add(written(Path.of(adapter, "adapter_config.json")));
        }
        return written;
    }

    private static String written(Path file) {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (IOException e) {
            return ""; // opening it says what is wrong
        }
    }

    @Override
    public RowAnswerer open() {
        if (strategy == null) {
            return new RowAnswerer(openModel(), Request::of);
        }
        SavedStrategy saved = SavedStrategy.load(Path.of(strategy));
        if (saved.needsModel() && model == null) {
            throw new LlmAdaptException("the strategy '" + saved.text() + "' of " + strategy
                    + " needs a language model, it was measured on " + saved.model() + "; set 'model'");
        }
        return RowAnswerer.of(saved, this::openModel);
    }

    private LocalModel openModel() {
        Path checkpoint = ModelSource.parse(String.valueOf(model)).fetch(Progress.NONE);
        ModelOptions options = options(precision, device, threads, maxBatch);
        return adapter == null
                ? LocalModel.open(checkpoint, options)
                : LocalModel.open(checkpoint, options, List.of(PeftAdapter.read(Path.of(adapter), ADAPTER)));
    }
}
