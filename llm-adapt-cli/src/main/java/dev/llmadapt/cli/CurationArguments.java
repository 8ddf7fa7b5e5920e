package dev.llmadapt.cli;

import dev.llmadapt.peft.data.Curation;
import dev.llmadapt.peft.data.Curation.LengthLimit;
import dev.llmadapt.peft.data.Curation.PersonalDataRule;
import dev.llmadapt.peft.data.TrainingExample;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which examples are left out or changed before a model learns from them. */
final class CurationArguments {
    @Option(
            names = "--deduplicate",
            arity = "0..1",
            fallbackValue = "" + Curation.NEAR,
            paramLabel = "SIMILARITY",
            description = "Leave out what stands twice, or nearly: from this Jaccard similarity of word triples on, up"
                    + " to 1. ${FALLBACK-VALUE} where no number is given.")
    @Nullable
    Double deduplicate;

    @Option(names = "--min-tokens", paramLabel = "N", description = "Leave out shorter examples.")
    @Nullable
    Integer minTokens;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Leave out longer examples, of which --max-length would cut the beginning.")
    @Nullable
    Integer maxTokens;

    @Option(
            names = "--max-per-answer",
            paramLabel = "N",
            description = "Learn at most N examples of one answer, drawn by the seed, where classes differ in size.")
    @Nullable
    Integer maxPerAnswer;

    @Option(
            names = "--mask-personal",
            description = "Put <EMAIL>, <PHONE>, <IBAN> and so on in the place of what looks like it; else it is only"
                    + " counted.")
    boolean maskPersonal;

    /** Whether any option is given. */
    boolean given() {
        return deduplicate != null || minTokens != null || maxTokens != null || maxPerAnswer != null || maskPersonal;
    }

    /**
     * The curation that the options say.
     *
     * @param tokens counts those of an example
     * @throws InvalidInput if a number is out of its range
     */
    Curation curation(long seed, ToIntFunction<TrainingExample> tokens) {
        return InvalidInput.check(() -> {
            Curation curation = Curation.defaults()
                    .withSeed(seed)
                    .withPersonalData(maskPersonal ? PersonalDataRule.MASK : PersonalDataRule.FLAG);
            curation = deduplicate == null
                    ? curation.withExactDuplicates(false).withoutNearDuplicates()
                    : curation.withNearDuplicates(deduplicate);
            curation = maxPerAnswer == null ? curation : curation.withMaxPerAnswer(maxPerAnswer);
            return minTokens == null && maxTokens == null
                    ? curation
                    : curation.withLength(new LengthLimit(
                            "tokens",
                            minTokens == null ? 0 : minTokens,
                            maxTokens == null ? Integer.MAX_VALUE : maxTokens,
                            tokens));
        });
    }
}
