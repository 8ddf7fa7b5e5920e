package dev.llmadapt.pilot.saved;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.LazyModel;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.json.JsonFields;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.CandidateName;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.strategy.TrainedFolder;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chosen strategy as one folder: {@code strategy.json} (its words, seed, task with examples and corpus, the model it
 * was measured on, what was measured), {@code adapter} (what was trained, where something was), {@code heldout.json}
 * (the test examples and the answers given), and the SHA-256 of each file. Loaded, it answers as it did.
 *
 * <p>A strategy comes back with the task it was adapted to: {@code saved.adapt(model)}, or {@code saved.adapt()} where
 * it needs no language model.
 *
 * @param text the strategy in the words of {@link StrategyCatalog}
 * @param seed of what is drawn
 * @param task what it was adapted to
 * @param fileLabels what labels are in the file of the task, where the model is shown another wording
 * @param report the run it was chosen in, with its row alone
 * @param folder where it lies
 */
public record SavedStrategy(
        String text, long seed, Task task, Map<String, String> fileLabels, PilotReport report, Path folder)
        implements Strategy {
    private static final Logger LOG = LoggerFactory.getLogger(SavedStrategy.class);
    private static final String FORMAT = "llm-adapt-strategy";
    private static final int VERSION = 1;
    private static final long MAX_BYTES = 512L << 20;
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** Refuses a report that does not have one measured row, and copies the labels. */
    public SavedStrategy {
        fileLabels = Map.copyOf(fileLabels);
        if (report.measured().size() != 1) {
            throw new IllegalArgumentException("the report must have one measured row, got "
                    + report.measured().size());
        }
    }

    /** A label as the file of the task has it: {@code card_arrival} where the model says {@code card arrival}. */
    public String fileLabel(String label) {
        return fileLabels.getOrDefault(label, label);
    }

    /** The test examples. */
    public List<Example> heldOut() {
        return report.task().test();
    }

    /** What it reached on them, with its answers. */
    public Measured measured() {
        return report.measured().get(0);
    }

    /** The name and precision of the model it was measured on, in words. */
    public String model() {
        return report.modelText();
    }

    @Override
    public String name() {
        return text;
    }

    /** Adapts as it was saved; the given task must be the saved one, see {@link #adapt(Model)}. */
    @Override
    public Model adapt(Model base, Task other, Progress progress) {
        Candidate candidate = candidate(text, seed);
        Path adapter = folder.resolve("adapter");
        if (candidate.traits().trains() && !Files.isDirectory(adapter)) {
            throw new LlmAdaptException(folder + " has no adapter, which '" + text + "' needs; save it again");
        }
        Strategy strategy = candidate.traits().trains() ? candidate.keeping(adapter) : candidate;
        return strategy.adapt(base, other, progress);
    }

    /** Whether it answers with a language model: where it does not, {@link #adapt(Model)} asks its model nothing. */
    public boolean needsModel() {
        return !candidate(text, seed).traits().modelFree();
    }

    /**
     * Adapts as it was saved. On another model than it was measured on, nothing is known of its answers, which is
     * logged as a warning.
     *
     * @param base the caller closes it, after the returned one
     */
    public Model adapt(Model base) {
        if (needsModel()) {
            report.model()
                    .filter(measured -> !measured.name().equals(base.info().name()))
                    .ifPresent(measured -> LOG.warn(
                            "'{}' was measured on {}, this is {}: what was measured says nothing of it",
                            text,
                            measured.name(),
                            base.info().name()));
        }
        return adapt(base, task, Progress.NONE);
    }

    /**
     * Adapts a strategy that answers without a language model.
     *
     * @throws IllegalStateException if it needs one, see {@link #needsModel()}
     */
    public Model adapt() {
        if (needsModel()) {
            throw new IllegalStateException("'" + text + "' needs a language model, it was measured on " + model()
                    + "; give one to adapt(model)");
        }
        return adapt(new LazyModel(() -> {
            throw new IllegalStateException("'" + text + "' asked for a language model, which it should not need");
        }));
    }

    /**
     * Refuses a folder that holds something, which nobody wants to learn after the measurement.
     *
     * @throws LlmAdaptException if it is no folder, is not empty or cannot be read
     */
    public static void requireNewOrEmpty(Path target) {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> files = Files.list(target)) {
            if (files.findAny().isPresent()) {
                throw new LlmAdaptException(
                        target + " is not empty, expected a folder that is new or empty; name another one");
            }
        } catch (IOException e) {
            throw new LlmAdaptException(target + " is no folder to save in: " + e, e);
        }
    }

    /**
     * Saves the strategy of a row.
     *
     * @param row a measured row of a report
     * @param report where it is from
     * @param split the task as it was run
     * @param work the folder of the run, see {@link Pilot#folder}
     * @param target a folder that is new or empty
     * @throws LlmAdaptException if the folder is not empty or cannot be written
     * @throws IllegalArgumentException if the strategy is not of the catalog
     */
    public static SavedStrategy save(Measured row, PilotReport report, TaskSplit split, Path work, Path target) {
        requireNewOrEmpty(target);
        return put(row, report, split, work, target);
    }

    /**
     * Saves the strategy of a row in the place of an earlier one, which stays until the new one is written.
     *
     * @param target a folder that is new or empty, or holds a saved strategy
     * @throws LlmAdaptException if the folder holds something else, or cannot be written
     * @throws IllegalArgumentException if the strategy is not of the catalog
     * @see #save
     */
    public static SavedStrategy overwrite(Measured row, PilotReport report, TaskSplit split, Path work, Path target) {
        requireReplaceable(target);
        return put(row, report, split, work, target);
    }

    /**
     * Refuses a folder that {@link #overwrite} would refuse.
     *
     * @throws LlmAdaptException if it holds anything but a saved strategy
     */
    public static void requireReplaceable(Path target) {
        Path file = target.resolve("strategy.json");
        if (!Files.exists(file)) {
            requireNewOrEmpty(target);
            return;
        }
        load(target);
        try {
            Set<String> written = JsonParser.parseString(Files.readString(file))
                    .getAsJsonObject()
                    .getAsJsonObject("sha256")
                    .keySet();
            for (String each : hashes(target).keySet()) {
                if (!written.contains(each)) {
                    throw new LlmAdaptException(target + " holds " + each
                            + " beside a saved strategy, and would lose it; move it away, or name another folder");
                }
            }
        } catch (IOException e) {
            throw new LlmAdaptException(target + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static SavedStrategy put(Measured row, PilotReport report, TaskSplit split, Path work, Path target) {
        try {
            Path place = Files.exists(target)
                    ? target.toRealPath()
                    : target.toAbsolutePath().normalize();
            Path made = place.resolveSibling("." + place.getFileName() + "-" + UUID.randomUUID());
            try {
                Files.createDirectories(made);
                write(row, report, split, work, made);
                FolderTree.delete(place);
                Files.move(made, place);
            } finally {
                FolderTree.delete(made);
            }
        } catch (IOException e) {
            throw new LlmAdaptException("the strategy cannot be saved in " + target + ": " + e.getMessage(), e);
        }
        return load(target);
    }

    private static void write(Measured row, PilotReport report, TaskSplit split, Path work, Path folder)
            throws IOException {
        long seed = report.options().seed();
        Candidate candidate = candidate(row.strategy(), seed);
        int train = row.details().trainExamples();
        Task learned = split.task().withExamples(Stratified.sample(split.task().examples(), Math.max(train, 1), seed));
        if (candidate.traits().trains()) {
            copy(TrainedFolder.in(work, row.strategy(), train).path(), folder.resolve("adapter"));
        }
        Files.writeString(folder.resolve("heldout.json"), ReportJson.write(only(row, report)));
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.addProperty("version", VERSION);
        json.addProperty("strategy", row.strategy());
        json.addProperty("seed", seed);
        json.addProperty("model", report.model().map(ModelInfo::name).orElse(""));
        json.addProperty("precision", report.model().map(ModelInfo::precision).orElse(""));
        json.add("task", SavedTaskJson.write(learned));
        json.add("fileLabels", SavedTaskJson.labels(split.fileLabels()));
        JsonObject hashes = new JsonObject();
        hashes(folder).forEach(hashes::addProperty);
        json.add("sha256", hashes);
        Files.writeString(folder.resolve("strategy.json"), GSON.toJson(json) + "\n");
    }

    /**
     * Loads what {@link #save} wrote.
     *
     * @throws LlmAdaptException if a file is missing, changed or broken
     */
    public static SavedStrategy load(Path folder) {
        Path file = folder.resolve("strategy.json");
        if (!Files.exists(file)) {
            throw new LlmAdaptException(
                    folder + " has no strategy.json; expected a folder that 'llm-adapt pilot --save' wrote");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new LlmAdaptException(file + " has more than " + (MAX_BYTES >> 20) + " MB");
            }
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            if (!FORMAT.equals(JsonFields.text(json, "format")) || JsonFields.integer(json, "version") != VERSION) {
                throw new LlmAdaptException(file + " is not a saved strategy of version " + VERSION);
            }
            Map<String, String> found = hashes(folder);
            Map<String, String> expected = new TreeMap<>();
            JsonFields.member(json, "sha256")
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(entry ->
                            expected.put(entry.getKey(), entry.getValue().getAsString()));
            for (Map.Entry<String, String> entry : expected.entrySet()) {
                if (!entry.getValue().equals(found.get(entry.getKey()))) {
                    throw new LlmAdaptException(folder.resolve(entry.getKey())
                            + (found.containsKey(entry.getKey()) ? " was changed" : " is missing")
                            + " since the strategy was saved; save it again");
                }
            }
            PilotReport report = ReportJson.read(Files.readString(folder.resolve("heldout.json")));
            return new SavedStrategy(
                    JsonFields.text(json, "strategy"),
                    JsonFields.member(json, "seed").getAsLong(),
                    SavedTaskJson.read(JsonFields.member(json, "task").getAsJsonObject()),
                    SavedTaskJson.readLabels(json),
                    report,
                    folder);
        } catch (IOException
                | JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | UnsupportedOperationException e) {
            throw new LlmAdaptException(folder + " holds no saved strategy: " + e.getMessage(), e);
        }
    }

    /** The candidate of a name, on whichever model it is adapted to. */
    private static Candidate candidate(String name, long seed) {
        String strategy = CandidateName.parse(name).strategy();
        return Candidate.of(StrategyCatalog.parse(strategy, seed).get(0));
    }

    private static PilotReport only(Measured row, PilotReport report) {
        return new PilotReport(
                report.started(),
                report.settings(),
                report.model(),
                report.task(),
                report.options(),
                report.needs(),
                List.of(row),
                List.of(),
                report.leftBehind());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static Map<String, String> hashes(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (!name.equals("strategy.json")) {
                    hashes.put(name, Sha256.of(file));
                }
            }
        }
        return hashes;
    }
}
