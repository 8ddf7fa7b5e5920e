package dev.llmadapt.peft;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.peft.adapter.BaseFingerprint;
import dev.llmadapt.peft.adapter.StoredAdapter;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.Encoding;
import dev.llmadapt.peft.checkpoint.ExportedFolder;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import dev.llmadapt.peft.training.Learner;
import dev.llmadapt.peft.training.Parameters.Parameter;
import dev.llmadapt.peft.training.TrainingText;
import dev.llmadapt.peft.tuning.TextEncoder;
import dev.llmadapt.peft.tuning.TrainingRun;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
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
    private final @Nullable Task task;
    private final @Nullable TrainingData data;
    private final TrainingOptions options;
    private final Progress progress;
    private final Consumer<TrainingEvent> listener;
    private @Nullable LearnedFrom learned;

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
        this.local = model.unwrap(LocalModel.class)
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
        return local.decoder().textIds(text);
    }

    /** Opens the model's checkpoint once more; the caller closes it. */
    Checkpoint open() {
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
            StoredAdapter.Base made = fingerprint.base(base.name(), Optional.empty());
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
        TextEncoder encoder = encoder(base, learner);
        Split<Lesson> split = lessons();
        List<TrainingText> texts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Lesson lesson : split.train()) {
            texts.add(text(encoder, lesson));
            names.add(lesson.name());
        }
        List<TrainingText> validation =
                split.validation().stream().map(lesson -> text(encoder, lesson)).toList();
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

    private TextEncoder encoder(Checkpoint base, Learner learner) {
        TokenizerFiles files = base.tokenizer();
        int end = files.eosToken()
                .flatMap(token -> Optional.ofNullable(files.specialTokens().get(token)))
                .or(() -> base.config().eosTokenIds().stream().findFirst())
                .orElseThrow(() ->
                        new TrainingException("the tokenizer of " + base.name() + " has no token that ends an answer"));
        return new TextEncoder(
                local.decoder()::promptIds,
                local.decoder()::textIds,
                end,
                Math.min(options.maxLength(), room(base, learner)),
                options.learn());
    }

    /** Tokens of a text that the base's context holds beside what is virtual. */
    private static int room(Checkpoint base, Learner learner) {
        int context = base.config().contextLength();
        int virtual = learner.virtualTokens() + learner.prefixTokens();
        if (context - virtual < TrainingOptions.SHORTEST) {
            throw new TrainingException(virtual + " virtual tokens leave no room for a text in the context of "
                    + context + " tokens that " + base.path() + " was made for; take fewer");
        }
        return context - virtual;
    }

    private TrainingText text(TextEncoder encoder, Lesson lesson) {
        Request prepared = model.prepare(Request.of(lesson.prompt().toArray(Message[]::new)));
        if (!prepared.adapters().isEmpty()) {
            throw new IllegalArgumentException("an adapter cannot be trained on top of another one, the model uses "
                    + prepared.adapters() + "; merge it into the model first");
        }
        IntPredicate earlier =
                options.learn() == TrainingOptions.Learn.ASSISTANT ? earlier(lesson, prepared) : i -> false;
        try {
            return encoder.encode(lesson.name(), prepared, earlier, lesson.answer());
        } catch (TrainingException e) {
            throw e;
        } catch (LlmAdaptException e) { // a template may refuse the order of roles, and knows no names
            throw new TrainingException("'" + lesson.name() + "' cannot be learned: " + e.getMessage(), e);
        }
    }

    /** Which messages of a prepared request are answers to learn; layers may have put others before and around them. */
    private static IntPredicate earlier(Lesson lesson, Request prepared) {
        Set<Integer> wanted = lesson.earlier();
        if (wanted == null) {
            return i -> true;
        }
        int shift = prepared.messages().size() - lesson.prompt().size();
        for (int i : wanted) {
            if (shift < 0
                    || !prepared.messages()
                            .get(i + shift)
                            .equals(lesson.prompt().get(i))) {
                throw new TrainingException(
                        "in '" + lesson.name() + "' a layer of the model changes the answer in message " + (i + 1)
                                + ", so it cannot be learned; learn COMPLETION instead");
            }
        }
        return i -> wanted.contains(i - shift);
    }

    /**
     * What becomes a text.
     *
     * @param prompt what stands before the answer
     * @param earlier which messages of the prompt are answers to learn too, or null for all that layers make of it
     */
    private record Lesson(
            String name, List<Message> prompt, @Nullable Set<Integer> earlier, String answer) {
        static Lesson of(Example example) {
            return new Lesson(example.id(), List.of(Message.user(example.input())), null, example.output());
        }

        static Lesson of(TrainingExample example) {
            Set<Integer> earlier = new TreeSet<>(example.supervised());
            earlier.remove(example.messages().size() - 1);
            return new Lesson(example.id(), example.prompt(), earlier, example.completion());
        }
    }

    /** What to learn, and to measure. */
    private record Split<T>(List<T> train, List<T> validation) {
        <R> Split<R> map(Function<T, R> each) {
            return new Split<>(
                    train.stream().map(each).toList(),
                    validation.stream().map(each).toList());
        }
    }

    private Split<Lesson> lessons() {
        return data == null
                ? split(Objects.requireNonNull(task)).map(Lesson::of)
                : split(data).map(Lesson::of);
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
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            content.accept(digest);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
