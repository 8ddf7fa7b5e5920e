package dev.llmadapt.cli;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.MeasuredModel;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The model or models that a pilot measures strategies on, as the command line names them, with adapters or without.
 */
final class PilotModels implements AutoCloseable {
    private final ModelArguments arguments;
    private final CommandContext context;
    private final Progress progress;
    private final @Nullable ComparedModels compared;
    private final Model base;

    /** Names the models; several are fetched, and none is opened. */
    PilotModels(ModelArguments arguments, CommandContext context, Progress progress) {
        this.arguments = arguments;
        this.context = context;
        this.progress = progress;
        boolean several = arguments.sources().size() > 1;
        compared = several ? ComparedModels.fetch(arguments, context, progress) : null;
        base = compared == null ? new LazyModel(this::open) : compared.first();
    }

    private Model open() {
        arguments.introduce(context, progress);
        return arguments.openBase(context, progress);
    }

    /** Refuses what cannot be done with several models, and names that no model has, before anything is read. */
    static void check(ModelArguments arguments) {
        arguments.sources().forEach(KnownModel::sourceOf);
        int number = arguments.sources().size();
        if (number > 1) {
            ModelNames.of(arguments.sources());
            if (!arguments.adapters.isEmpty()) {
                throw new InvalidInput("--adapter acts on one model, --model names " + number
                        + "; give one model, or leave --adapter out");
            }
        }
    }

    /** The model that candidates adapt which bring none along. */
    Model base() {
        return base;
    }

    /**
     * The candidates. Of several models, each strategy on each; with adapters, each over the base beside itself over
     * the adapted base; beside a classifier.
     *
     * @param strategies what is measured
     * @param onFurther what is measured on the models after the first
     */
    List<Strategy> candidates(List<Strategy> strategies, List<Strategy> onFurther) {
        if (compared != null) {
            return strategies.equals(onFurther)
                    ? compared.candidates(strategies)
                    : compared.candidates(strategies, onFurther);
        }
        if (arguments.adapters.isEmpty()) {
            return strategies;
        }
        LocalModel local = base.unwrap(LocalModel.class)
                .orElseThrow(() -> new InvalidInput("--adapter needs a model that runs in this process, got "
                        + base.info().name()));
        String content = InvalidInput.check(() -> ModelLoading.content(arguments.adapters));
        Optional<Path> classifier = InvalidInput.check(() -> ModelLoading.classifier(arguments.adapters));
        if (classifier.isPresent()) {
            return StrategyCatalog.besideClassifier(strategies, classifier.get(), content);
        }
        List<AdapterUse> uses = InvalidInput.check(() -> ModelLoading.load(local, arguments.adapters));
        return StrategyCatalog.besideAdapters(strategies, adapterNames(), content, uses);
    }

    /** The adapters for people: their folders' names, and weights that are not 1. */
    private String adapterNames() {
        return String.join(
                "+",
                arguments.adapters.stream()
                        .map(each -> {
                            Path name = each.folder().getFileName();
                            return (name == null ? each.folder() : name)
                                    + (each.weight() == 1 ? "" : "=" + each.weight());
                        })
                        .toList());
    }

    /**
     * A report that says what the models and adapters are, where they came from, and how they were computed.
     *
     * @param saving whether a strategy will be saved, with what tells its model from others: that reads its files
     */
    PilotReport described(PilotReport report, boolean saving) {
        return models(report, saving)
                .withSetting("precision", PlainModelArguments.PrecisionName.name(arguments.precision))
                .withSetting("device", arguments.device.toString())
                .withSetting(
                        "chat template",
                        arguments.chatTemplate == null ? "the model's" : arguments.chatTemplate.toString())
                .withSetting("adapter", arguments.adapters.isEmpty() ? "none" : adapterNames());
    }

    private PilotReport models(PilotReport report, boolean saving) {
        if (compared != null) {
            return compared.described(report.withSetting("model", String.join(", ", arguments.sources())));
        }
        if (report.model().isEmpty()) {
            return report.withSetting("model", "none");
        }
        String source = arguments.source();
        String content = saving
                ? context.models()
                        .files(arguments.choice(source, List.of()), progress)
                        .content()
                : "";
        return new MeasuredModel("", source, content).described(report);
    }

    @Override
    public void close() {
        try {
            base.close();
        } finally {
            if (compared != null) {
                compared.close();
            }
        }
    }
}
