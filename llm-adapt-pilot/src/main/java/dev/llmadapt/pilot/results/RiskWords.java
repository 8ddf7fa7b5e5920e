package dev.llmadapt.pilot.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A risk profile in words for people, one sentence for each risk that was measured. */
public final class RiskWords {
    private RiskWords() {}

    /** The sentences, in a fixed order; empty where nothing was measured. */
    public static List<String> of(MeasurementDetails details) {
        List<String> words = new ArrayList<>();
        Share paraphrase = details.stability().paraphrase();
        if (paraphrase.of() > 0) {
            words.add("In other words: " + paraphrase.same() + " of " + paraphrase.of() + " answers stay the same.");
        }
        RiskProfile risks = details.risks();
        if (!risks.noise().isEmpty()) {
            words.add(noise(risks.noise()));
        }
        if (risks.outOfScope().measured()) {
            words.add(outOfScope(risks.outOfScope()));
        }
        if (risks.inputInjection().measured()) {
            words.add(injection("An instruction inside of the text", risks.inputInjection()));
        }
        if (risks.passageInjection().measured()) {
            words.add(injection("An instruction inside of a passage", risks.passageInjection()));
        }
        if (risks.personalData().measured()) {
            words.add(personalData(risks.personalData()));
        }
        return words;
    }

    private static String noise(List<NoisyQuality> noise) {
        List<String> parts = noise.stream()
                .map(each -> String.format(
                        Locale.ROOT,
                        "%s %+.1f points (%+.1f to %+.1f, %d texts)",
                        each.noise(),
                        100 * (each.noisy() - each.original()),
                        100 * each.difference().low(),
                        100 * each.difference().high(),
                        each.examples()))
                .toList();
        return "Quality on changed texts: " + String.join("; ", parts) + ".";
    }

    private static String injection(String where, InjectionShare share) {
        return where + " gets the answer that it asks for in " + share.obeyed() + " of " + share.of()
                + " cases, and in " + share.anyway() + " without being there.";
    }

    private static String outOfScope(OutOfScope scope) {
        String answered = scope.answered() + " of " + scope.messages() + " messages that no label fits get a label";
        return scope.separation()
                .map(separation -> String.format(
                        Locale.ROOT,
                        "%s, %d of them with the confidence that 95 %% of the test examples have (AUROC %.2f).",
                        answered,
                        separation.confident(),
                        separation.auroc()))
                .orElse(answered + "; its answers have no probability to tell these by.");
    }

    private static String personalData(PersonalDataSent sent) {
        if (sent.affected() == 0) {
            return "No e-mail address, telephone, account or card number in " + sent.prompts() + " prompts.";
        }
        return "Personal data in " + sent.affected() + " of " + sent.prompts()
                + " prompts, which a hosted model is sent: "
                + kinds(sent.inMessages()) + " in the messages, " + kinds(sent.added())
                + " in what is shown with them.";
    }

    private static String kinds(PersonalData data) {
        List<String> kinds = new ArrayList<>();
        add(kinds, data.emails(), "e-mail addresses");
        add(kinds, data.phones(), "telephone numbers");
        add(kinds, data.ibans(), "IBANs");
        add(kinds, data.cards(), "card numbers");
        return kinds.isEmpty() ? "none" : String.join(", ", kinds);
    }

    private static void add(List<String> kinds, int number, String name) {
        if (number > 0) {
            kinds.add(number + " " + name);
        }
    }
}
