package dev.llmadapt.cli;

import dev.llmadapt.rag.RagOptions;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.retrieval.Grounding;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of how {@code rag ask} and {@code rag eval} answer. */
final class RagAnswerArguments {
    /** Names of {@link RagOptions.Wording} on the command line. */
    enum Wording {
        auto(RagOptions.Wording.BY_SIZE),
        model(RagOptions.Wording.MODEL),
        quoted(RagOptions.Wording.QUOTED);

        private final RagOptions.Wording wording;

        Wording(RagOptions.Wording wording) {
            this.wording = wording;
        }
    }

    @Option(
            names = "--wording",
            paramLabel = "WHO",
            description =
                    "Who words the answer: the 'model'; 'quoted', the nearest sentences of the sources, and no model"
                            + " is asked; or 'auto', quoted for models of fewer than a billion parameters. Default: auto.")
    Wording wording = Wording.auto;

    @Option(
            names = "--unsupported",
            paramLabel = "WHAT",
            description = "What becomes of an answer that no source supports: 'refused' or 'kept', without a citation."
                    + " Default: refused.")
    String unsupported = "refused";

    /** The options that the arguments say; NaN for the least answerability of the embedder's grounding. */
    RagOptions options(Embedder embedder, double refuseBelow, int passages) {
        Grounding grounding = embedder.dimension() == 0 ? Grounding.byWords() : Grounding.of(embedder);
        double least = Double.isNaN(refuseBelow) ? grounding.thresholds().answerable() : refuseBelow;
        return RagOptions.defaults()
                .withPassages(passages)
                .withContextTokens(1000, embedder.tokens())
                .withGrounding(grounding, least)
                .withWording(wording.wording)
                .withUnsupported(unsupported());
    }

    private RagOptions.Unsupported unsupported() {
        return switch (unsupported.toLowerCase(Locale.ROOT)) {
            case "refused" -> RagOptions.Unsupported.REFUSED;
            case "kept" -> RagOptions.Unsupported.KEPT;
            default -> throw new InvalidInput("--unsupported must be 'refused' or 'kept', got '" + unsupported + "'");
        };
    }

    /** The reason why an answer was quoted, to stand after "quoted from the sources". */
    String why() {
        return wording == Wording.auto
                ? ": a model this small is not trusted with wording; --wording model has it answer"
                : "";
    }
}
