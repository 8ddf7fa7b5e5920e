package dev.llmadapt.pilot;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.pilot.terminal.ProgressLine;
import picocli.CommandLine.Option;

/** The options that choose a model. */
final class ModelArguments {
    @Option(
            names = "--model",
            paramLabel = "SOURCE",
            defaultValue = "default",
            description = {
                "A folder or .gguf file, hf:org/repo[/file.gguf][@revision], or 'default':",
                "SmolLM2-135M-Instruct, fetched once (98 MB)."
            })
    String source = "default";

    @Option(
            names = "--precision",
            paramLabel = "KIND",
            defaultValue = "as-stored",
            description = "Compute with weights as: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    PrecisionChoice precision = PrecisionChoice.AS_STORED;

    /** Opens the model with its progress on standard error, removed from there afterwards. */
    Model open(Session session) {
        try (ProgressLine progress = session.progress()) {
            return open(session, progress);
        }
    }

    Model open(Session session, Progress progress) {
        return InvalidInput.check(() -> session.models().open(source, precision, progress));
    }
}
