package dev.llmadapt.peft;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.CheckpointBase;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.Encoding;
import dev.llmadapt.local.checkpoint.ExportedFolder;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.training.Learner;
import dev.llmadapt.peft.training.Parameters.Parameter;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingRun;
import dev.llmadapt.peft.training.TrainingText;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What all strategies that train have in common: texts from a task or from training data, a run, and what becomes of its
 * numbers.
 */
final class Tuning {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final String MEASURED = "llm-adapt/measured";

    private final Model model;
    private final LocalModel local;
    private @Nullable Task task; // without what cannot be learned, once it trains
    private final @Nullable TrainingData data;
    private final TrainingOptions options;
    private final Progress progress;
    private final Consumer<TrainingEvent> listener;
    private @Nullable LearnedFrom learned;
    private int leftOut;

    Tuning(Model model, Task task, TrainingOptions options, Progress progress, Consumer<TrainingEvent> listener) {
        this(model, task, null, options, progress, listener);
        if (task.examples().isEmpty()) {
            throw new IllegalArgumentException("training needs examples, the task '" + task.name() + "' has none");
        }
    }

    Tuning(
            Model model,
            TrainingData data,
            TrainingOptions options,
            Progress progress,
            Consumer<TrainingEvent> listener) {
        this(model, null, data, options, progress, listener);
        if (data.examples().isEmpty()) {
            throw new IllegalArgumentException("training needs examples, " + data.origin() + " has none");
        }
        if (options.select() == TrainingOptions.Select.METRIC) {
            throw new IllegalArgumentException(
                    "only a task has a metric to select by, training data has none; select LOSS");
        }
    }

    private Tuning(
            Model model,
            @Nullable Task task,
            @Nullable TrainingData data,
            TrainingOptions options,
            Progress progress,
            Consumer<TrainingEvent> listener) {
        this.model = model;
        this.task = task;
        this.data = data;
        this.options = options;
        this.progress = progress;
        this.listener = listener;
        this.local = local(model);
    }

    /** The model at the bottom. */
    static LocalModel local(Model model) {
        return model.unwrap(LocalModel.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "training needs a model that runs in this process, opened by LocalModel.open, got "
                                + model.info().name()));
    }

    /** Makes what learns. */
    @FunctionalInterface
    interface Recipe {
        Learner learner(Checkpoint base);
    }

    /** What was learned, and of which base. */
    record Learned(Checkpoint base, Learner learner, FloatBuffer numbers) {}

    LocalModel local() {
        return local;
    }

    TrainingOptions options() {
        return options;
    }

    /** The task's instruction; empty for training data. */
    String instruction() {
        return task == null ? "" : task.instruction();
    }

    /** The token ids of a text. */
    int[] ids(String text) {
        return local.textTokens(text);
    }

    /** Opens the model's checkpoint once more; the caller closes it. */
    Checkpoint open() {
        return open(local);
    }

    /** Opens a model's checkpoint once more; the caller closes it. */
    static Checkpoint open(LocalModel local) {
        if (ExportedFolder.isOne(local.checkpoint())) {
            throw new IllegalArgumentException(
                    "an exported model cannot be trained, only the checkpoint it was made from: " + local.checkpoint());
        }
        return Checkpoint.open(local.checkpoint());
    }

    /** Trains an adapter. */
    PeftAdapter adapter(String name, AdapterConfig config, Recipe recipe) {
        try (Checkpoint base = open()) {
            Learner learner = recipe.learner(base);
            BaseFingerprint fingerprint = BaseFingerprint.of(base);
            StoredAdapter.Base made = StoredAdapter.Base.of(fingerprint, base.name(), Optional.empty());
            ToDoubleFunction<FloatBuffer> score = options.select() == TrainingOptions.Select.METRIC
                    ? numbers -> score(
                            Objects.requireNonNull(task),
                            new PeftAdapter(MEASURED, stored(config, made, learner, numbers, Optional.empty())))
                    : null;
            FloatBuffer numbers = train(base, learner, config.toString(), score);
            return new PeftAdapter(name, stored(config, made, learner, numbers, Optional.of(record(name))));
        }
    }

    /** A model that answers with an adapter, which it loads and in the end unloads. */
    Model with(PeftAdapter adapter) {
        PeftAdapter own = adapter.named(adapter.name() + "#" + COUNT.incrementAndGet());
        local.loadAdapter(own);
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                return using(request, own);
            }

            @Override
            protected void release() {
                local.unloadAdapter(own.name());
            }
        };
    }

    private static Request using(Request request, PeftAdapter adapter) {
        List<AdapterUse> all = new ArrayList<>(request.adapters());
        all.add(AdapterUse.of(adapter.name()));
        return request.withAdapters(all);
    }

    /** The mean of the task's metric over answers to the validation examples. */
    private double score(Task task, PeftAdapter adapter) {
        local.loadAdapter(adapter);
        try {
            List<Example> examples = split(task).validation();
            List<Request> requests = examples.stream()
                    .map(example -> using(task.request(example.input()), adapter))
                    .toList();
            List<Generation> answers = model.generate(requests);
            double sum = 0;
            for (int i = 0; i < examples.size(); i++) {
                sum += task.metric()
                        .score(examples.get(i).output(), answers.get(i).text());
            }
            return sum / examples.size();
        } finally {
            local.unloadAdapter(adapter.name());
        }
    }

    private static StoredAdapter stored(
            AdapterConfig config,
            StoredAdapter.Base base,
            Learner learner,
            FloatBuffer numbers,
            Optional<String> training) {
        return new StoredAdapter(config, base, tensors(learner, numbers), training);
    }

    /** What learned, by name. */
    static Map<String, WeightTensor> tensors(Learner learner, FloatBuffer numbers) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : learner.parameters().all()) {
            ByteBuffer data =
                    ByteBuffer.allocate(parameter.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            data.asFloatBuffer().put(parameter.of(numbers));
            List<Long> shape = Arrays.stream(parameter.shape().sizes()).boxed().toList();
            tensors.put(parameter.name(), new WeightTensor(parameter.name(), Encoding.F32, shape, data, 0));
        }
        return tensors;
    }

    /** Trains; the numbers that were best. */
    FloatBuffer train(
            Checkpoint base, Learner learner, String settings, @Nullable ToDoubleFunction<FloatBuffer> score) {
        Split<Lesson> split = lessons(
                new ExampleTexts(model, local, options, base, learner.virtualTokens() + learner.prefixTokens()));
        List<TrainingText> texts = split.train().stream().map(Lesson::text).toList();
        List<String> names = split.train().stream().map(Lesson::name).toList();
        List<TrainingText> validation =
                split.validation().stream().map(Lesson::text).toList();
        String hash = sha256(digest -> {
            add(digest, texts);
            add(digest, validation);
        });
        learned = new LearnedFrom(texts.size(), validation.size(), hash);
        String key = sha256(digest -> {
            digest.update(settings.getBytes(StandardCharsets.UTF_8));
            digest.update(new Gson().toJson(settings()).getBytes(StandardCharsets.UTF_8));
            digest.update(hash.getBytes(StandardCharsets.UTF_8));
        });
        Consumer<TrainingEvent> telling = event -> {
            progress.report("train", event.step(), event.steps());
            listener.accept(event);
        };
        return TrainingRun.run(
                new TrainingRun.Corpus(
                        base,
                        CheckpointBase.context(base, local().options()),
                        local().options().device(),
                        texts,
                        names,
                        validation),
                learner,
                options,
                key,
                score,
                telling);
    }

    /** What to learn, and to measure. */
    private record Split<T>(List<T> train, List<T> validation) {
        <R> Split<R> map(Function<T, R> each) {
            return new Split<>(
                    train.stream().map(each).toList(),
                    validation.stream().map(each).toList());
        }
    }

    /**
     * What is learned of an example.
     *
     * @param name of the example, for messages
     */
    private record Lesson(String name, TrainingText text) {}

    private Split<Lesson> lessons(ExampleTexts texts) {
        if (data != null) {
            Learnable<TrainingExample> learnable =
                    Learnable.of(data.origin(), data.examples(), TrainingExample::toString, texts::of);
            leftOut = learnable.leftOut();
            return split(data.withExamples(learnable.examples()))
                    .map(example -> new Lesson(example.toString(), learnable.text(example)));
        }
        Task given = Objects.requireNonNull(task);
        Learnable<Example> learnable =
                Learnable.of(given.name(), given.examples(), example -> "'" + example.id() + "'", texts::of);
        leftOut = learnable.leftOut();
        Task kept = given.withExamples(learnable.examples());
        task = kept;
        return split(kept).map(example -> new Lesson("'" + example.id() + "'", learnable.text(example)));
    }

    /** Near-duplicates on both sides would make the measurement look better than it is. */
    private Split<TrainingExample> split(TrainingData data) {
        if (options.validationShare() == 0) {
            return new Split<>(data.examples(), List.of());
        }
        try {
            TrainingData.Split split = data.split(options.validationShare(), options.seed());
            return new Split<>(split.train().examples(), split.heldOut().examples());
        } catch (IllegalArgumentException e) {
            throw new TrainingException(String.valueOf(e.getMessage()), e);
        }
    }

    private Split<Example> split(Task task) {
        int held = options.validationShare() == 0
                ? 0
                : Math.max(1, (int) Math.round(task.examples().size() * options.validationShare()));
        List<Example> order = new ArrayList<>(task.examples());
        Collections.shuffle(order, new Random(options.seed()));
        if (held >= order.size()) {
            throw new IllegalArgumentException("too few examples to hold some back: " + order.size());
        }
        return new Split<>(order.subList(held, order.size()), order.subList(0, held));
    }

    /** The texts of a run: how many, and the SHA-256 of their tokens and of what is learned of them. */
    private record LearnedFrom(int texts, int validation, String hash) {}

    /** How the last run was made, as JSON. */
    String record(String method) {
        LearnedFrom from = Objects.requireNonNull(learned, "nothing was trained");
        JsonObject json = new JsonObject();
        json.addProperty("method", method);
        json.add("options", settings());
        json.addProperty("texts", from.texts());
        json.addProperty("validation_texts", from.validation());
        if (leftOut > 0) {
            json.addProperty("left_out", leftOut);
        }
        json.addProperty("data_sha256", from.hash());
        return json.toString();
    }

    /** The options that a result depends on: all but where and how often its state is written. */
    private JsonObject settings() {
        JsonObject json = new JsonObject();
        for (RecordComponent component : TrainingOptions.class.getRecordComponents()) {
            String name = component.getName();
            if (name.equals("folder") || name.equals("snapshots")) {
                continue;
            }
            try {
                Object value = component.getAccessor().invoke(options);
                if (value instanceof Number number) {
                    json.addProperty(name, number);
                } else if (value instanceof Boolean yes) {
                    json.addProperty(name, yes);
                } else {
                    json.addProperty(name, String.valueOf(value));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the component " + name + " of TrainingOptions is public", e);
            }
        }
        return json;
    }

    private static void add(MessageDigest digest, List<TrainingText> texts) {
        digest.update((byte) '|');
        for (TrainingText text : texts) {
            digest.update(Arrays.toString(text.ids()).getBytes(StandardCharsets.UTF_8));
            digest.update(Arrays.toString(text.learned()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String sha256(Consumer<MessageDigest> content) {
        MessageDigest digest = Sha256.newDigest();
        content.accept(digest);
        return Sha256.hex(digest);
    }
}
