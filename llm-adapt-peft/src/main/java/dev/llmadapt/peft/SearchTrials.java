package dev.llmadapt.peft;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.peft.TuningSearch.Trial;
import dev.llmadapt.peft.training.TrainingCurve;
import dev.llmadapt.peft.training.TrainingDiverged;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The trials of a search, each trained once: the folder notes what is done, a line a trial under the key of the search,
 * and keeps the state of the one that runs. A line that a kill has cut short is left out, and its trial runs again.
 */
final class SearchTrials implements TuningSearch.Trials {
    private static final String NOTES = "trials.jsonl";
    private static final String RUNNING = "running";

    private final TuningSearch search;
    private final Tuning tuning;
    private final Model model;
    private final TrainingSet set;
    private final Progress progress;
    private final List<Trial> noted;
    private int count;

    SearchTrials(TuningSearch search, Tuning tuning, Model model, TrainingSet set, Progress progress) {
        this.search = search;
        this.tuning = tuning;
        this.model = model;
        this.set = set;
        this.progress = progress;
        this.noted = search.folder().map(this::notes).orElse(List.of());
    }

    @Override
    public int steps() {
        double share = tuning.options().validation().share();
        return tuning.options().learning().steps(Math.max(1, (int) Math.round(size() * (1 - share))));
    }

    private int size() {
        return set instanceof TrainingSet.OfTask task
                ? task.task().examples().size()
                : ((TrainingSet.OfData) set).data().examples().size();
    }

    @Override
    public Trial run(Tuning settings, int steps) {
        count++;
        return count <= noted.size() ? noted.get(count - 1) : trained(settings, steps);
    }

    private Trial trained(Tuning settings, int steps) {
        long start = search.nanoTime().getAsLong();
        TrainingOptions options = settings.options()
                .withMaxSteps(steps)
                .withPatience(0)
                .withValidationShare(tuning.options().validation().share());
        TrainingCurve curve = new TrainingCurve();
        Progress named = (stage, done, total) -> progress.report("trial " + count, done, total);
        double loss = Double.POSITIVE_INFINITY;
        OptionalDouble score = OptionalDouble.empty();
        try {
            if (search.folder().isPresent()) {
                Path running = search.folder().get().resolve(RUNNING + count);
                train(settings.withOptions(options.withOutputDir(running)), curve, named);
                curve = TrainingCurve.read(running);
            } else {
                train(settings.withOptions(options.withoutOutputDir()), curve, named);
            }
            TrainingCurve.Point best =
                    curve.verdict(options.validation().select()).best().orElseThrow();
            loss = best.validationLoss().orElseThrow();
            if (options.validation().select() == TrainingOptions.Select.METRIC) {
                score = best.validationScore();
            }
        } catch (TrainingDiverged e) {
            // the worst there is, and a result like any other
        }
        Trial trial = new Trial(
                options.optimization().learningRate(),
                TuningNames.size(settings),
                steps,
                loss,
                score,
                (search.nanoTime().getAsLong() - start) / 1e9);
        search.folder().ifPresent(folder -> note(folder, trial));
        return trial;
    }

    private void train(Tuning settings, TrainingCurve curve, Progress progress) {
        Tuning heard = settings.withListener(event -> {
            curve.accept(event);
            tuning.listener().accept(event);
        });
        if (heard instanceof AdapterTuning adapter) {
            adapter.train(model, set, progress);
            return;
        }
        try {
            Path target = Files.createTempDirectory("llm-adapt-search");
            try {
                heard.train(model, set, target, progress);
            } finally {
                FolderTree.delete(target);
            }
        } catch (IOException e) {
            throw new TrainingException("a trial has no temporary folder: " + e.getMessage(), e);
        }
    }

    /** Tells a search from others: the results of its trials depend on all of this. */
    private String key() {
        StringBuilder text = new StringBuilder(tuning.name());
        text.append(new Gson().toJson(Provenance.options(tuning.options())))
                .append(TuningNames.size(tuning))
                .append(search.rates())
                .append(search.sizes())
                .append(search.trials())
                .append(model.info().name())
                .append(set.instruction());
        if (set instanceof TrainingSet.OfTask task) {
            task.task().examples().forEach(text::append);
            task.decisions().forEach(text::append);
        } else {
            ((TrainingSet.OfData) set)
                    .data()
                    .examples()
                    .forEach(example -> text.append(example.messages())
                            .append(example.supervised())
                            .append(example.tools().isEmpty() ? "" : example.tools()));
            set.labels().forEach(text::append);
        }
        return Sha256.of(text.toString());
    }

    private void note(Path folder, Trial trial) {
        JsonObject json = new JsonObject();
        json.addProperty("search", key());
        json.addProperty("rate", trial.learningRate());
        json.addProperty("size", trial.size());
        json.addProperty("steps", trial.steps());
        if (Double.isFinite(trial.loss())) {
            json.addProperty("loss", trial.loss());
        }
        trial.score().ifPresent(score -> json.addProperty("score", score));
        json.addProperty("seconds", trial.seconds());
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(NOTES), json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            FolderTree.delete(folder.resolve(RUNNING + count));
        } catch (IOException e) {
            throw new TrainingException("a search cannot be noted in " + folder + ": " + e.getMessage(), e);
        }
    }

    private List<Trial> notes(Path folder) {
        Path file = folder.resolve(NOTES);
        if (!Files.exists(file)) {
            return List.of();
        }
        List<Trial> trials = new ArrayList<>();
        List<String> whole = new ArrayList<>();
        String key = key();
        try {
            for (String line : Files.readAllLines(file)) {
                JsonObject json;
                try {
                    json = JsonParser.parseString(line).getAsJsonObject();
                } catch (JsonParseException | IllegalStateException e) {
                    break; // cut short
                }
                if (!json.has("search") || !json.get("search").getAsString().equals(key)) {
                    throw new TrainingException("the search in " + folder
                            + " is of other settings or data; use the same again, or another folder");
                }
                trials.add(new Trial(
                        json.get("rate").getAsDouble(),
                        json.get("size").getAsInt(),
                        json.get("steps").getAsInt(),
                        json.has("loss") ? json.get("loss").getAsDouble() : Double.POSITIVE_INFINITY,
                        json.has("score") ? OptionalDouble.of(json.get("score").getAsDouble()) : OptionalDouble.empty(),
                        json.get("seconds").getAsDouble()));
                whole.add(line);
            }
            Files.write(file, whole);
            return trials;
        } catch (IOException e) {
            throw new TrainingException("a search cannot be read from " + file + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            if (e instanceof TrainingException) {
                throw e;
            }
            throw new TrainingException(file + " is damaged: " + e.getMessage() + "; delete it to search anew", e);
        }
    }
}
