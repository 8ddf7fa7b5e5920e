package dev.llmadapt.spring.boot;

import dev.llmadapt.Device;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterSource;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServedStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Opens what the properties name, or says which of them cannot be honoured. */
final class ModelOpening {
    private static final String ENGINE = "Add the dependency dev.llmadapt:llm-adapt-cpu (of type pom), or"
            + " dev.llmadapt:llm-adapt-peft for a CUDA GPU.";

    private final LlmAdaptProperties properties;
    private final List<ModelListener> listeners;

    /**
     * What opens models.
     *
     * @param listeners hear of the requests to the model
     */
    ModelOpening(LlmAdaptProperties properties, List<ModelListener> listeners) {
        this.properties = properties;
        this.listeners = listeners;
    }

    /** The model with its adapters and strategies. Nothing stays open if it fails. */
    ServedModel open() {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            Model base = null;
            if (properties.model() != null) {
                base = base(properties.model());
                opened.add(base);
            }
            Map<String, Model> strategies = new TreeMap<>();
            for (Map.Entry<String, Path> each : properties.strategies().entrySet()) {
                String property = "llm-adapt.strategies." + each.getKey();
                require(
                        property,
                        each.getValue(),
                        "dev.llmadapt.pilot.saved.SavedStrategy",
                        "the pilot is not there",
                        "Add the dependency dev.llmadapt:llm-adapt-pilot.");
                strategies.put(each.getKey(), Strategies.open(property, each.getValue(), base, opened));
            }
            if (base != null) {
                requireOthers(base.info().name());
            }
            return new ServedModel(
                    base == null ? only(strategies) : base,
                    strategies,
                    properties.adapters().keySet(),
                    opened);
        } catch (RuntimeException e) {
            Closing.all(opened);
            throw e;
        }
    }

    /** Refuses what has the model's own name, by which requests choose the model itself. */
    private void requireOthers(String model) {
        boolean adapter = properties.adapters().containsKey(model);
        if (adapter || properties.strategies().containsKey(model)) {
            throw new LlmAdaptPropertyException(
                    (adapter ? "llm-adapt.adapters." : "llm-adapt.strategies.") + model,
                    String.valueOf((adapter ? properties.adapters() : properties.strategies()).get(model)),
                    "the model itself has that name",
                    "Give it another name.");
        }
    }

    private static Model only(Map<String, Model> strategies) {
        if (strategies.size() != 1) {
            throw new LlmAdaptPropertyException(
                    "llm-adapt.strategies",
                    strategies.keySet().toString(),
                    "without a model there can be one strategy",
                    "Set llm-adapt.model, or leave the others out.");
        }
        return strategies.values().iterator().next();
    }

    private Model base(String model) {
        require("llm-adapt.model", model, "dev.llmadapt.local.LocalModel", "there is nothing to open it with", ENGINE);
        require("llm-adapt.model", model, "ai.onnxruntime.OrtEnvironment", "there is no engine to open it", ENGINE);
        return Local.open(model, properties, listeners);
    }

    private static void require(String property, Object value, String type, String why, String action) {
        if (!ClassUtils.isPresent(type, ClassUtils.getDefaultClassLoader())) {
            throw new LlmAdaptPropertyException(property, value.toString(), why, action);
        }
    }

    /** What {@code supplier} gives; its failure is one of a property's value. */
    static <T> T named(String property, Object value, String action, Supplier<T> supplier) {
        try {
            return supplier.get();
        } catch (LlmAdaptPropertyException e) {
            throw e;
        } catch (LlmAdaptException | IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            throw new LlmAdaptPropertyException(property, value.toString(), String.valueOf(e.getMessage()), action, e);
        }
    }

    /** A folder that is there. */
    static Path folder(String property, Path folder) {
        if (!Files.exists(folder)) {
            throw new LlmAdaptPropertyException(
                    property,
                    folder.toString(),
                    "it does not exist (looked for " + folder.toAbsolutePath() + ")",
                    "Correct the path; it is relative to the folder in which the application starts.");
        }
        return folder;
    }

    /** Local models; loaded only where their classes are there. */
    private static final class Local {
        static Model open(String text, LlmAdaptProperties properties, List<ModelListener> listeners) {
            ModelOptions options = listeners.isEmpty()
                    ? options(properties)
                    : options(properties).withListener(ModelListener.all(listeners));
            DataSize memory = properties.adapterMemory();
            List<PeftAdapter> adapters = new ArrayList<>();
            new TreeMap<>(properties.adapters()).forEach((name, path) -> {
                Path folder = folder(property(name), path);
                PeftAdapter adapter = named(
                        property(name), path, "Name a folder as PEFT writes it.", () -> PeftAdapter.read(folder, name));
                if (memory == null) {
                    adapters.add(adapter);
                } else {
                    requireRoom(adapter, memory);
                }
            });
            Path checkpoint = named(
                    "llm-adapt.model",
                    text,
                    "Name a checkpoint's folder, a GGUF file, a Hugging Face repository, or default.",
                    () -> ModelSource.parse(text).fetch(Progress.NONE));
            LocalModel model = named(
                    "llm-adapt.model",
                    text + given(properties),
                    "Correct the property that this is about, or take another checkpoint.",
                    () -> LocalModel.open(checkpoint, options, adapters));
            return memory == null ? model : pooled(model, properties, memory);
        }

        /** Refuses an adapter that never fits, which otherwise its first request would be told. */
        private static void requireRoom(PeftAdapter adapter, DataSize memory) {
            long bytes = Float.BYTES * adapter.parameterCount();
            if (bytes > memory.toBytes()) {
                throw new LlmAdaptPropertyException(
                        "llm-adapt.adapter-memory",
                        memory.toString(),
                        "the adapter '" + adapter.name() + "' alone takes " + bytes + " bytes",
                        "Raise it to at least " + Math.floorDiv(bytes + 1023, 1024) + "KB, or leave it out.");
            }
        }

        /** The other properties with which a checkpoint is opened, any of which may not fit it or this machine. */
        private static String given(LlmAdaptProperties properties) {
            Map<String, Object> given = new TreeMap<>();
            BiConsumer<String, @Nullable Object> add = (name, value) -> {
                if (value != null) {
                    given.put("llm-adapt." + name, value);
                }
            };
            add.accept("context-length", properties.contextLength());
            add.accept("device", properties.device());
            add.accept("memory", properties.memory());
            add.accept("precision", properties.precision());
            if (properties.adapterMemory() == null) {
                properties.adapters().forEach((name, folder) -> add.accept("adapters." + name, folder));
            }
            return given.isEmpty() ? "" : "' with '" + given.toString().replaceAll("[{}]", "");
        }

        private static String template(Path file) {
            try {
                return Files.readString(folder("llm-adapt.chat-template", file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Model pooled(LocalModel model, LlmAdaptProperties properties, DataSize memory) {
            try {
                AdapterPool pool = named(
                        "llm-adapt.adapter-memory",
                        memory,
                        "Raise it, or leave it out.",
                        () -> new AdapterPool(model, memory.toBytes()));
                properties
                        .adapters()
                        .forEach((name, path) -> named(property(name), path, "Name a folder as PEFT writes it.", () -> {
                            pool.register(name, AdapterSource.folder(path, PeftAdapter::read));
                            return name;
                        }));
                return new PooledModel(model, pool);
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        }

        private static String property(String name) {
            return "llm-adapt.adapters." + name;
        }

        private static ModelOptions options(LlmAdaptProperties given) {
            ModelOptions options = ModelOptions.defaults();
            options = set(options, "threads", given.threads(), ModelOptions::withThreads);
            options = set(options, "context-length", given.contextLength(), ModelOptions::withContextLength);
            options = set(options, "max-batch", given.maxBatch(), ModelOptions::withMaxBatch);
            options = set(options, "max-waiting", given.maxWaiting(), ModelOptions::withMaxWaiting);
            options = set(options, "max-per-caller", given.maxPerCaller(), ModelOptions::withMaxPerCaller);
            options = set(options, "precision", given.precision(), ModelOptions::withPrecision);
            options = set(options, "device", given.device(), (all, name) -> all.withDevice(Device.of(name)));
            options = set(
                    options,
                    "chat-template",
                    given.chatTemplate(),
                    (all, file) -> all.withChatTemplate(template(file)));
            return set(options, "memory", given.memory(), (all, size) -> all.withCacheMemory(size.toBytes()));
        }

        private static <T> ModelOptions set(
                ModelOptions options, String name, @Nullable T value, BiFunction<ModelOptions, T, ModelOptions> with) {
            return value == null
                    ? options
                    : named(
                            "llm-adapt." + name,
                            value,
                            "Correct it, or leave it out.",
                            () -> with.apply(options, value));
        }
    }

    /** Saved strategies; loaded only where their classes are there. */
    private static final class Strategies {
        static Model open(String property, Path path, @Nullable Model base, List<AutoCloseable> opened) {
            return named(property, path, "Name a folder that the pilot saved.", () -> {
                SavedStrategy saved = SavedStrategy.load(folder(property, path));
                if (base == null && saved.needsModel()) {
                    throw new LlmAdaptPropertyException(
                            property,
                            path.toString(),
                            "it needs a language model, it was measured on " + saved.model(),
                            "Set llm-adapt.model.");
                }
                Model adapted = base == null || !saved.needsModel() ? saved.adapt() : saved.adapt(base);
                opened.add(0, adapted);
                Model served = new ServedStrategy(adapted, saved);
                opened.add(0, served);
                return served;
            });
        }
    }
}
