package dev.llmadapt.cli;

import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.PreferenceTuning;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.training.PreferenceLoss;
import dev.llmadapt.peft.training.PreferenceLoss.Dpo;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a file of preferences to learn from, and the loss. */
final class PreferenceArguments {
    private static final String LOSSES = "dpo, ipo, hinge, robust or kto";

    @Option(
            names = "--preferences",
            paramLabel = "FILE",
            description = "A JSONL or JSON file of prompts with a chosen and a rejected answer, or with a completion"
                    + " and a label true or false.")
    @Nullable
    Path file;

    @Option(
            names = "--loss",
            paramLabel = "KIND",
            description = "Of --preferences: " + LOSSES + ". Default: dpo for pairs, kto for labels.")
    @Nullable
    String loss;

    @Option(
            names = "--beta",
            paramLabel = "X",
            description = "How closely the model stays to what it is: the larger, the closer. Default: 0.1.")
    @Nullable
    Double beta;

    @Option(
            names = "--label-smoothing",
            paramLabel = "SHARE",
            description = "Share of pairs thought to be the wrong way round, of the loss robust, which needs it.")
    @Nullable
    Double labelSmoothing;

    @Option(names = "--desirable-weight", paramLabel = "X", description = "Of good answers, in kto. Default: 1.")
    @Nullable
    Double desirableWeight;

    @Option(names = "--undesirable-weight", paramLabel = "X", description = "Of bad answers, in kto. Default: 1.")
    @Nullable
    Double undesirableWeight;

    @Option(
            names = "--start",
            paramLabel = "FOLDER",
            description = "A LoRA adapter to train on, such as one trained on good answers. Default: a new one.")
    @Nullable
    Path start;

    /** Refuses options that would do nothing. */
    void check() {
        refuse("--loss", loss);
        refuse("--beta", beta);
        refuse("--label-smoothing", labelSmoothing);
        refuse("--desirable-weight", desirableWeight);
        refuse("--undesirable-weight", undesirableWeight);
        refuse("--start", start);
    }

    private static void refuse(String option, @Nullable Object value) {
        if (value != null) {
            throw new InvalidInput(option + " needs --preferences, got " + option + " " + value + " without it");
        }
    }

    /** The preferences, whose broken lines are told. */
    PreferenceData read(Path given, List<String> ignored, CommandContext context) {
        PreferenceData data = InvalidInput.check(() -> PreferenceData.read(given, ignored));
        context.out()
                .println(data.origin() + ": " + data.examples().size()
                        + (data.isPaired() ? " pairs" : " answers with a label") + "; " + data.fields());
        data.broken().forEach(line -> context.err().println("note: " + data.origin() + ", " + line));
        if (data.brokenCount() > data.broken().size()) {
            context.err().println("note: " + data.origin() + ": " + data.brokenCount() + " broken lines in all");
        }
        context.out().flush();
        return data;
    }

    /** The tuning that the options say, with its own options of training. */
    PreferenceTuning tuning(boolean paired) {
        return InvalidInput.check(() -> {
            String name = loss == null ? paired ? "dpo" : "kto" : loss.toLowerCase(Locale.ROOT);
            PreferenceTuning tuning = PreferenceTuning.dpo().withLoss(loss(name));
            return start == null ? tuning : tuning.withStart(PeftAdapter.read(start));
        });
    }

    private PreferenceLoss loss(String name) {
        boolean kto = name.equals("kto");
        if (!kto && (desirableWeight != null || undesirableWeight != null)) {
            throw new InvalidInput(
                    "--desirable-weight and --undesirable-weight are of the loss kto, got --loss " + name);
        }
        if (name.equals("robust") == (labelSmoothing == null)) {
            throw new InvalidInput("--label-smoothing belongs to the loss robust, which needs it, got --loss " + name
                    + (labelSmoothing == null ? " without it" : ""));
        }
        if (kto) {
            PreferenceLoss.Kto loss = PreferenceLoss.kto();
            loss = beta == null ? loss : loss.withBeta(beta);
            return loss.withWeights(
                    desirableWeight == null ? 1 : desirableWeight, undesirableWeight == null ? 1 : undesirableWeight);
        }
        Dpo dpo = beta == null ? PreferenceLoss.dpo() : PreferenceLoss.dpo().withBeta(beta);
        return switch (name) {
            case "dpo" -> dpo;
            case "ipo" -> dpo.withType(Dpo.Type.IPO);
            case "hinge" -> dpo.withType(Dpo.Type.HINGE);
            case "robust" -> dpo.robust(labelSmoothing == null ? 0 : labelSmoothing);
            default -> throw new InvalidInput("unknown --loss '" + name + "', expected " + LOSSES);
        };
    }
}
