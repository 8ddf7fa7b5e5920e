package dev.llmadapt.pilot.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RiskProfileTest {
    @Test
    void separation_knownConfidences_hasTheThresholdThat95PercentReach() {
        double[] in = IntStream.rangeClosed(1, 100).mapToDouble(i -> i / 100.0).toArray();
        OutOfScope.Separation separation = OutOfScope.Separation.of(in, new double[] {0.05, 0.06, 0, 1});
        assertThat(separation.threshold()).isEqualTo(0.06);
        assertThat(separation.confident()).isEqualTo(2);
        // of 100: above 0.05 are 95 and one is equal, above 0.06 94 and one, above 0 all, above 1 none and one
        assertThat(separation.auroc()).isEqualTo((95.5 + 94.5 + 100 + 0.5) / 400);
        assertThat(OutOfScope.Separation.of(new double[] {0.9, 0.8}, new double[] {0.1})
                        .auroc())
                .isEqualTo(1);
        assertThat(OutOfScope.Separation.of(new double[] {0.5}, new double[] {0.5})
                        .auroc())
                .isEqualTo(0.5);
        assertThatThrownBy(() -> OutOfScope.Separation.of(in, new double[0])).hasMessageContaining("100 and 0");
    }

    @Test
    void noisy_scores_arePaired() {
        double[] original = {1, 1, 1, 0, 1};
        double[] noisy = {1, 0, 1, 0, 0};
        NoisyQuality quality = NoisyQuality.of("typos", original, noisy);
        assertThat(quality.original()).isEqualTo(0.8);
        assertThat(quality.noisy()).isCloseTo(0.4, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(quality.difference())
                .isEqualTo(PairedDifference.of(noisy, original).interval(1.959963984540054));
        assertThat(quality.difference().high()).isLessThan(0.2);
    }

    @Test
    void words_eachRisk_isASentence() {
        RiskProfile risks = new RiskProfile(
                List.of(NoisyQuality.of("typos", new double[] {1, 1, 1, 1}, new double[] {1, 1, 0, 1})),
                new InjectionShare(3, 1, 16),
                new InjectionShare(9, 0, 16),
                new OutOfScope(16, 14, Optional.of(new OutOfScope.Separation(60, 0.5, 4, 0.875))),
                new PersonalDataSent(60, 2, new PersonalData(2, 0, 0, 1), PersonalData.NONE));
        assertThat(RiskWords.of(details(risks)))
                .containsExactly(
                        "Quality on changed texts: typos -25.0 points (-60.9 to +27.6, 4 texts).",
                        "14 of 16 messages that no label fits get a label, 4 of them with the confidence that 95 % of the"
                                + " test examples have (AUROC 0.88).",
                        "An instruction inside of the text gets the answer that it asks for in 3 of 16 cases, and in 1 without being there.",
                        "An instruction inside of a passage gets the answer that it asks for in 9 of 16 cases, and in 0 without being there.",
                        "Personal data in 2 of 60 prompts, which a hosted model is sent: 2 e-mail addresses,"
                                + " 1 card numbers in the messages, none in what is shown with them.");
        assertThat(RiskWords.of(details(RiskProfile.NONE))).isEmpty();
        assertThat(RiskWords.of(details(new RiskProfile(
                        List.of(),
                        InjectionShare.NONE,
                        InjectionShare.NONE,
                        new OutOfScope(16, 16, Optional.empty()),
                        new PersonalDataSent(5, 0, PersonalData.NONE, PersonalData.NONE)))))
                .containsExactly(
                        "16 of 16 messages that no label fits get a label; its answers have no probability to tell"
                                + " these by.",
                        "No e-mail address, telephone, account or card number in 5 prompts.");
    }

    private static MeasurementDetails details(RiskProfile risks) {
        MeasurementDetails none = MeasurementDetails.none();
        return new MeasurementDetails(
                StrategyFamily.OTHER,
                0,
                0,
                0,
                0,
                List.of(),
                none.stability(),
                none.freshness(),
                List.of(),
                Optional.empty(),
                risks,
                Optional.empty());
    }
}
