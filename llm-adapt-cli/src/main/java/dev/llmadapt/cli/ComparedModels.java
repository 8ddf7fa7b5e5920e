package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.MeasuredModel;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.ModelPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The models of a list after {@code --model}, which a pilot compares: a candidate is a strategy on one of them. All are
 * fetched and their files read at the beginning; they are opened when they are first asked, and as many stay open as
 * fit into memory together.
 */
final class ComparedModels implements AutoCloseable {
    private final ModelPool pool = ModelPool.ofAvailableMemory();
    private final List<CandidateModel> models = new ArrayList<>();
    private final Map<String, MeasuredModel> saved = new LinkedHashMap<>();

    private ComparedModels() {}

    /** Fetches the models of a list, and opens none. */
    static ComparedModels fetch(ModelArguments arguments, CommandContext context, Progress progress) {
        ComparedModels compared = new ComparedModels();
        List<String> sources = arguments.sources();
        List<String> names = ModelNames.of(sources);
        for (int i = 0; i < sources.size(); i++) {
            String source = sources.get(i);
            ModelChoice choice = arguments.choice(source, List.of());
            ModelFiles files = InvalidInput.check(() -> context.models().files(choice, progress));
            Model model = compared.pool.add(
                    files.weightBytes(),
                    () -> InvalidInput.check(() -> context.models().open(choice, progress)));
            compared.models.add(new CandidateModel(names.get(i), files.content(), files.weightBytes(), model));
            compared.saved.put(names.get(i), new MeasuredModel(names.get(i), source, files.content()));
        }
        return compared;
    }

    /** The first model, which others are compared with. */
    Model first() {
        return models.get(0).model();
    }

    /** Each strategy on each model. */
    List<Strategy> candidates(List<Strategy> strategies) {
        return CandidateModel.candidates(strategies, models);
    }

    /** Strategies on the first model, and others on the further ones. */
    List<Strategy> candidates(List<Strategy> onFirst, List<Strategy> onFurther) {
        List<Strategy> all = new ArrayList<>(CandidateModel.candidates(onFirst, models.subList(0, 1)));
        all.addAll(CandidateModel.candidates(onFurther, models.subList(1, models.size())));
        return all;
    }

    /**
     * The strategies that further models are measured with unless a list is given: those that train no language model,
     * of each kind the one that is usually best.
     */
    static String furtherList(Task task) {
        return "zero-shot,few-shot-nearest"
                + (task.labels().isEmpty() ? "" : ",features")
                + (task.corpus().isEmpty() ? "" : ",rag");
    }

    /** A report that says what the models are and where they came from. */
    PilotReport described(PilotReport report) {
        PilotReport described = report;
        for (MeasuredModel model : saved.values()) {
            described = model.described(described);
        }
        return described;
    }

    @Override
    public void close() {
        pool.close();
    }
}
