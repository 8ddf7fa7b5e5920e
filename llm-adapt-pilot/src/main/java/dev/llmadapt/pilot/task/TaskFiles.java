package dev.llmadapt.pilot.task;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Metric;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.task.TaskFileOptions.LabelStyle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a task from files: texts with labels, with free texts as answers, or with JSON.
 *
 * <p>Either a folder with {@code train} and {@code test} (each {@code .csv}, {@code .tsv} or {@code .jsonl}; or files
 * that end in {@code .train} and {@code .test}, with a label and a text on each line), where also {@code task.json}
 * (name, instruction, and optionally labels, textColumn, labelColumn, labelStyle; {@code "answer": "text"} for free
 * text, or {@code "schema"}, a JSON Schema, for JSON; metric) and {@code articles.jsonl} (id, title, text: passages to
 * retrieve from) are read when there; or one such file, which is split: stratified by label, texts that occur twice on
 * one side, the same seed giving the same split.
 *
 * <p>Examples may be conversations as OpenAI's fine-tuning has them, {@code {"messages": [...]}}: a user's message and
 * one answer, before them at most a system message, which is the task's instruction unless task.json has one.
 *
 * <p>Training examples whose text occurs in test are left out, and a note says how many.
 */
public final class TaskFiles {
    private static final String INSTRUCTION = "Decide which category the text belongs to.";
    private static final int MAX_LABELS = 1_000;
    private static final List<String> ENDINGS = List.of(".csv", ".tsv", ".jsonl", ".ndjson", ".json");

    private TaskFiles() {}

    /**
     * Reads a task.
     *
     * @param path a folder or a file
     * @param options how
     * @throws dev.llmadapt.LlmAdaptException if files are missing or broken; one line that names the file, and where it
     *     can the line, what was found and what was expected
     */
    public static TaskSplit read(Path path, TaskFileOptions options) {
        if (!Files.exists(path)) {
            throw new TaskFileException(
                    path, "no such file or folder; expected a task folder, a CSV or a JSON Lines file");
        }
        return Files.isDirectory(path) ? folder(path, options) : file(path, options);
    }

    /**
     * Reads a file in SQuAD's format (Rajpurkar et al. 2016) as a task to retrieve and answer: its paragraphs are the
     * corpus, the questions free text, judged by {@link WordOverlap}. No test question is about a paragraph that an
     * example was about.
     *
     * @param testShare the share of paragraphs whose questions are for measuring
     * @param seed fixes the split
     * @throws dev.llmadapt.LlmAdaptException if the file is broken
     */
    public static TaskSplit readSquad(Path file, double testShare, long seed) {
        return SquadFile.read(file, testShare, seed);
    }

    /**
     * Reads texts without labels: a CSV, TSV or JSON file by its text column, of the usual names or the only one, any
     * other file a text a line, blank lines left out.
     *
     * @throws dev.llmadapt.LlmAdaptException if the file is missing or broken, naming the line
     */
    public static List<String> readTexts(Path file) {
        return isTable(file)
                ? LabelledRows.texts(ChatRecords.of(Table.read(file)).table())
                : TextFile.read(file).lines().filter(line -> !line.isBlank()).toList();
    }

    /** Whether the file is a table by its ending, not lines of text. */
    static boolean isTable(Path file) {
        String name = fileName(file).toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith);
    }

    private static TaskSplit file(Path file, TaskFileOptions options) {
        List<String> notes = new ArrayList<>();
        Answered read = examples(file, options, null, notes);
        List<Example> examples = read.examples();
        requireLabels(file, labels(examples));
        Stratified.Split split = Stratified.split(examples, options.testShare(), options.seed());
        if (split.test().isEmpty()) {
            throw new TaskFileException(
                    file,
                    "no label has two different texts, so none can be kept for testing; " + examples.size() + " rows, "
                            + labels(examples).size() + " labels");
        }
        untested(labels(examples), split.test()).ifPresent(notes::add);
        return assemble(
                file,
                null,
                read.instruction(),
                split.train(),
                split.test(),
                labels(examples),
                List.of(),
                options,
                notes);
    }

    private static TaskSplit folder(Path folder, TaskFileOptions options) {
        Path json = folder.resolve("task.json");
        TaskJson described = Files.exists(json) ? TaskJson.read(json) : null;
        Path trainFile = part(folder, "train");
        Path testFile = part(folder, "test");
        List<String> notes = new ArrayList<>();
        Answered learned = examples(trainFile, options, described, notes);
        Answered tested = examples(testFile, options, described, new ArrayList<>()); // the same columns, told once
        if (!learned.instruction().equals(tested.instruction())) {
            throw new TaskFileException(
                    testFile,
                    "another system message than in " + fileName(trainFile) + "; a task has one instruction: '"
                            + learned.instruction() + "' there, '" + tested.instruction() + "' here");
        }
        List<Example> train = learned.examples();
        List<Example> test = tested.examples();

        List<String> labels = List.of();
        if (described == null || (!described.freeText() && described.schema().isEmpty())) {
            List<String> listed = described == null ? List.of() : described.labels();
            boolean given = !listed.isEmpty();
            labels = given ? listed : labels(train);
            requireLabels(given ? json : trainFile, labels);
            String where = given ? "the labels of task.json" : fileName(trainFile);
            requireKnown(trainFile, train, labels, where);
            requireKnown(testFile, test, labels, where);
        }
        if (described != null && !described.unknownKeys().isEmpty()) {
            notes.add(json + ": not used: " + described.unknownKeys());
        }

        List<Example> clean = Stratified.without(train, test);
        if (clean.isEmpty()) {
            throw new TaskFileException(trainFile, "every text also stands in " + fileName(testFile));
        }
        if (clean.size() < train.size()) {
            notes.add((train.size() - clean.size()) + " of " + train.size()
                    + " training examples were left out because their text also stands in " + fileName(testFile));
        }
        Path articles = folder.resolve("articles.jsonl");
        List<Passage> corpus = Files.exists(articles) ? Passages.read(articles) : List.of();
        return assemble(folder, described, learned.instruction(), clean, test, labels, corpus, options, notes);
    }

    private static TaskSplit assemble(
            Path source,
            @Nullable TaskJson described,
            String system,
            List<Example> train,
            List<Example> test,
            List<String> labels,
            List<Passage> corpus,
            TaskFileOptions options,
            List<String> notes) {
        boolean words = options.labels() == LabelStyle.WORDS
                || (options.labels() == LabelStyle.TASK && (described == null || described.labelsAsWords()));
        Map<String, String> shown = LabelWords.named(
                source, words ? LabelWords.of(labels) : LabelWords.asTheyAre(labels), options.labelNames());
        if (!shown.isEmpty() && shown.values().stream().allMatch(label -> label.matches("[0-9]+"))) {
            notes.add("the labels are numbers, which tell a model nothing; name them: --label-names "
                    + shown.values().iterator().next() + "=NAME,...");
        }
        String instruction = instruction(source, described, system, notes);
        Task task = new Task(
                described == null ? fileName(source) : described.name(),
                options.instruction().isEmpty() ? instruction : options.instruction(),
                List.copyOf(shown.values()),
                described == null ? Optional.empty() : described.schema(),
                relabel(train, shown),
                corpus,
                metric(source, described));
        return new TaskSplit(task, relabel(test, shown), notes)
                .withFileLabels(LabelWords.reworded(shown, options.labelNames()));
    }

    /** What to do: as task.json says, else as the system message of conversations, else to choose a label. */
    private static String instruction(Path source, @Nullable TaskJson described, String system, List<String> notes) {
        if (described != null && !described.instruction().isEmpty()) {
            if (!system.isEmpty() && !system.equals(described.instruction())) {
                notes.add("the instruction of task.json is taken, the system message of the conversations is not");
            }
            return described.instruction();
        }
        if (described != null && system.isEmpty()) {
            throw new TaskFileException(
                    source.resolve("task.json"),
                    "'instruction' is missing, and the examples are no conversations with a system message"
                            + (described.unknownKeys().isEmpty() ? "" : "; not known: " + described.unknownKeys()));
        }
        return system.isEmpty() ? INSTRUCTION : system;
    }

    /** Says which labels no test example has, so that nothing is known about them. */
    private static Optional<String> untested(List<String> labels, List<Example> tests) {
        Set<String> tested = new HashSet<>();
        tests.forEach(example -> tested.add(example.output()));
        List<String> others =
                labels.stream().filter(label -> !tested.contains(label)).toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("no test example has the label " + String.join(", ", others)
                        + ": whether it is found is not measured; a label needs two different texts to have one");
    }

    private static Metric metric(Path source, @Nullable TaskJson described) {
        if (described == null || (!described.freeText() && described.schema().isEmpty())) {
            return Metric.exactMatch();
        }
        if (described.metric().isEmpty()) {
            return described.freeText() ? new WordOverlap() : new FieldOverlap();
        }
        return Metrics.named(described.metric())
                .orElseThrow(() -> new TaskFileException(
                        source.resolve("task.json"),
                        "'metric' must be one of " + Metrics.names() + ", got '" + described.metric() + "'"));
    }

    /** Examples, and the system message that they have in common. */
    private record Answered(List<Example> examples, String instruction) {}

    private static Answered examples(
            Path file, TaskFileOptions options, @Nullable TaskJson described, List<String> notes) {
        String text = described == null ? "" : described.textColumn();
        String label = described == null ? "" : described.labelColumn();
        ChatRecords chats = ChatRecords.of(Table.read(file));
        Table table = chats.table();
        String texts = options.textColumn().isEmpty() ? text : options.textColumn();
        String labels = options.labelColumn().isEmpty() ? label : options.labelColumn();
        if (chats.conversations()) {
            texts = texts.isEmpty() ? ChatRecords.TEXT : texts;
            labels = labels.isEmpty() ? ChatRecords.ANSWER : labels;
        }
        if (texts.isEmpty() || labels.isEmpty() || chats.conversations()) {
            Set<String> used = chats.conversations() ? Set.of("id", ChatRecords.SYSTEM) : Set.of("id");
            LabelledRows.taken(table, texts, labels, used).ifPresent(notes::add);
        }
        List<Example> examples = LabelledRows.examples(
                table,
                texts,
                labels,
                described == null
                        || (!described.freeText() && described.schema().isEmpty()));
        if (described == null || described.schema().isEmpty()) {
            return new Answered(examples, chats.instruction());
        }
        JsonSchema.ObjectOf schema = described.schema().get();
        return new Answered(
                examples.stream()
                        .map(example -> new Example(example.id(), example.input(), canonical(file, example, schema)))
                        .toList(),
                chats.instruction());
    }

    private static String canonical(Path file, Example example, JsonSchema schema) {
        try {
            return SchemaJson.canonical(JsonParser.parseString(example.output()), schema);
        } catch (JsonParseException | IllegalArgumentException e) {
            throw new TaskFileException(
                    file, "the answer of example '" + example.id() + "' does not fit the schema: " + e.getMessage(), e);
        }
    }

    private static Path part(Path folder, String name) {
        List<Path> found = ENDINGS.stream()
                .map(ending -> folder.resolve(name + ending))
                .filter(Files::exists)
                .toList();
        if (found.isEmpty()) {
            found = listing(folder).stream()
                    .filter(file -> file.endsWith("." + name) || file.equals(name + ".txt"))
                    .map(folder::resolve)
                    .toList();
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            throw new TaskFileException(
                    folder,
                    "no " + name + ".csv, .tsv or .jsonl and no file that ends in ." + name + " in this folder, found "
                            + listing(folder).stream().limit(10).toList());
        }
        throw new TaskFileException(folder, "expected one " + name + " file, found " + found);
    }

    private static List<String> listing(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(TaskFiles::fileName).sorted().limit(1_000).toList();
        } catch (java.io.IOException e) {
            throw new TaskFileException(folder, "the folder cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireLabels(Path file, Collection<String> labels) {
        if (labels.size() < 2) {
            throw new TaskFileException(
                    file, "all rows have the same label " + labels + ", expected at least two different labels");
        }
        if (labels.size() > MAX_LABELS) {
            throw new TaskFileException(
                    file,
                    labels.size() + " different labels, at most " + MAX_LABELS
                            + " are allowed; is the right column read as the label (--label-column)?");
        }
    }

    private static void requireKnown(Path file, List<Example> examples, List<String> labels, String where) {
        Set<String> known = Set.copyOf(labels);
        for (Example example : examples) {
            if (!known.contains(example.output())) {
                throw new TaskFileException(
                        file,
                        "example '" + example.id() + "' has the label '" + example.output() + "', which " + where
                                + " does not have; known: " + abbreviated(labels));
            }
        }
    }

    private static String abbreviated(List<String> labels) {
        int shown = Math.min(labels.size(), 8);
        String more = shown < labels.size() ? ", ... (" + labels.size() + " in all)" : "";
        return labels.stream().limit(shown).collect(Collectors.joining(", ")) + more;
    }

    private static List<String> labels(List<Example> examples) {
        return List.copyOf(examples.stream().map(Example::output).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static List<Example> relabel(List<Example> examples, Map<String, String> shown) {
        return examples.stream()
                .map(example -> new Example(
                        example.id(), example.input(), shown.getOrDefault(example.output(), example.output())))
                .toList();
    }

    private static String fileName(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? path.toString() : name.toString();
    }
}
