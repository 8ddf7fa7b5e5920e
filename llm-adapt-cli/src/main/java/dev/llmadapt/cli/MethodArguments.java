package dev.llmadapt.cli;

import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.PreferenceTuning;
import dev.llmadapt.peft.PrefixTuning;
import dev.llmadapt.peft.PromptTuning;
import dev.llmadapt.peft.Tuning;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose what is trained, and its size. */
final class MethodArguments {
    @Option(
            names = "--method",
            paramLabel = "KIND",
            defaultValue = "lora",
            completionCandidates = Methods.class,
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    String method = "lora";

    @Option(names = "--rank", paramLabel = "N", description = "Rank of lora and dora. Default: 16.")
    @Nullable
    Integer rank;

    @Option(names = "--virtual-tokens", paramLabel = "N", description = "Of prompts and prefixes. Default: 20.")
    @Nullable
    Integer virtualTokens;

    @Option(
            names = "--encoder-hidden-size",
            paramLabel = "N",
            description =
                    "Of the network that makes the virtual tokens of p-tuning. Default: 128. With prefix-tuning it"
                            + " makes the prefixes; default: none.")
    @Nullable
    Integer encoderHiddenSize;

    /** The names of {@link Tuning}. */
    static final class Methods implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Tuning.names().iterator();
        }
    }

    /**
     * The tuning, with its own options of training.
     *
     * @throws IllegalArgumentException if the method is unknown, or a size is given that it does not have
     */
    Tuning tuning() {
        Tuning tuning = Tuning.named(method);
        if (tuning instanceof LoraTuning lora) {
            tuning = rank == null ? lora : lora.withRank(rank);
        } else if (tuning instanceof LoraHeadTuning head) {
            tuning = rank == null ? head : head.withRank(rank);
        } else {
            refuse("--rank", rank, "rank");
        }
        if (tuning instanceof PromptTuning prompt) {
            tuning = virtualTokens == null ? prompt : prompt.withVirtualTokens(virtualTokens);
        } else if (tuning instanceof PrefixTuning prefix) {
            tuning = virtualTokens == null ? prefix : prefix.withVirtualTokens(virtualTokens);
        } else {
            refuse("--virtual-tokens", virtualTokens, "virtual tokens");
        }
        return encoded(tuning);
    }

    private Tuning encoded(Tuning tuning) {
        if (encoderHiddenSize != null && encoderHiddenSize < 1) {
            throw new InvalidInput("--encoder-hidden-size must be from 1, got " + encoderHiddenSize);
        }
        if (tuning instanceof PromptTuning prompt && method.equals("p-tuning")) {
            return encoderHiddenSize == null ? prompt : prompt.withEncoder(encoderHiddenSize);
        } else if (tuning instanceof PrefixTuning prefix) {
            return encoderHiddenSize == null ? prefix : prefix.withProjection(encoderHiddenSize);
        }
        refuse("--encoder-hidden-size", encoderHiddenSize, "encoder");
        return tuning;
    }

    private void refuse(String option, @Nullable Object value, String what) {
        if (value != null) {
            throw new InvalidInput(
                    "--method " + method + " has no " + what + ", got " + option + " " + value + "; leave it out");
        }
    }

    /** Refuses what preferences do not train. */
    void checkForPreferences(boolean started) {
        if (!method.equals("lora") && !method.equals("dora")) {
            throw new InvalidInput("preferences train a LoRA adapter, expected --method lora or dora, got " + method);
        }
        if (started && (rank != null || method.equals("dora"))) {
            throw new InvalidInput("--start says rank and method, leave out --rank and --method");
        }
    }

    /** A tuning by preferences, of this method and rank. */
    PreferenceTuning shaped(PreferenceTuning asked) {
        PreferenceTuning ranked = rank == null ? asked : asked.withRank(rank);
        return method.equals("dora") ? ranked.withConfig(ranked.config().withDecomposed(true)) : ranked;
    }
}
