package dev.llmadapt.cli;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Progress;
import dev.llmadapt.pilot.saved.MeasuredModel;
import dev.llmadapt.pilot.saved.SavedStrategy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** Opens the language model of a saved strategy: the one that is named, else the one it was measured on. */
final class SavedModel {
    private static final List<String> OPTIONS = List.of("--model", "--precision", "--device", "--chat-template");

    private SavedModel() {}

    /**
     * Opens the model if the strategy needs one. Where nothing is said of the model, it must be the one measured, by
     * its content if that is known; another one that is asked for is noted.
     *
     * @param arguments what the command line says of the model; what it leaves open is filled in
     * @param given tells which options were given
     * @return the model; where none is needed, one that is never opened; the caller closes it
     */
    static Model open(
            SavedStrategy saved,
            PlainModelArguments arguments,
            ParseResult given,
            CommandContext context,
            Progress progress) {
        MeasuredModel measured = MeasuredModel.of(saved.report(), saved.text());
        if (!given.hasMatchedOption("--model")) {
            asMeasured(measured, saved.report().settings(), arguments, given);
        }
        LazyModel opened = new LazyModel(() -> arguments.open(context, progress));
        if (!saved.needsModel()) {
            return opened;
        }
        boolean asked = OPTIONS.stream().anyMatch(given::hasMatchedOption);
        if (!asked && !measured.content().isEmpty()) {
            String source = arguments.source();
            measured.refuseOther(
                    source,
                    context.models()
                            .files(arguments.choice(source, List.of()), progress)
                            .content());
        }
        ModelInfo info = opened.info();
        String now = info.name() + " (" + info.precision() + ")";
        // in a comparison of models, the report has the names that they were given there
        if (measured.name().isEmpty() ? !now.equals(saved.model()) : asked) {
            context.err().println("note: it was measured on " + saved.model() + ", this is " + now);
        }
        return opened;
    }

    /** Takes source, precision and chat template as the settings of the run have them, where they do. */
    private static void asMeasured(
            MeasuredModel measured, Map<String, String> settings, PlainModelArguments arguments, ParseResult given) {
        if (measured.source().isEmpty() || measured.source().equals("none")) {
            return;
        }
        arguments.given = List.of(measured.source());
        if (!given.hasMatchedOption("--precision")) {
            arguments.precision =
                    new PlainModelArguments.PrecisionName().convert(settings.getOrDefault("precision", "as-stored"));
        }
        String template = settings.getOrDefault("chat template", "the model's");
        if (!given.hasMatchedOption("--chat-template") && !template.equals("the model's")) {
            arguments.chatTemplate = Path.of(template);
        }
    }
}
