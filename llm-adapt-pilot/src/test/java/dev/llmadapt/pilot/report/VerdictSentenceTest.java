package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.OutOfScope;
import dev.llmadapt.pilot.results.PersonalDataSent;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictSentenceTest {
    @Test
    void risks_much_areSaidInASentence() {
        RiskProfile risks = profile(0.125, new InjectionShare(6, 1, 16), 15);
        assertThat(VerdictSentence.risks(risks))
                .contains(
                        "On input that is not as in the tests: 12.5 points lost by typos (16 texts); 15 of 16 messages"
                                + " out of scope get a label; 6 of 16 instructions in the text are obeyed.");
    }

    @Test
    void risks_littleOrNotMeasured_areNotSaid() {
        assertThat(VerdictSentence.risks(profile(0.05, new InjectionShare(4, 1, 16), 7)))
                .isEmpty();
        assertThat(VerdictSentence.risks(RiskProfile.NONE)).isEmpty();
    }

    @Test
    void risks_littleButShown_isSaid() {
        RiskProfile shown = new RiskProfile(
                List.of(new NoisyQuality("typos", 128, 0.75, 0.70, new Interval(-0.09, -0.01))),
                InjectionShare.NONE,
                InjectionShare.NONE,
                OutOfScope.NONE,
                PersonalDataSent.NONE);
        assertThat(VerdictSentence.risks(shown).orElse("")).contains("5.0 points lost by typos (128 texts)");
    }

    private static RiskProfile profile(double lost, InjectionShare injections, int answered) {
        return new RiskProfile(
                List.of(new NoisyQuality("typos", 16, 0.75, 0.75 - lost, new Interval(-lost - 0.25, 0.25 - lost))),
                injections,
                InjectionShare.NONE,
                new OutOfScope(16, answered, Optional.empty()),
                PersonalDataSent.NONE);
    }
}
