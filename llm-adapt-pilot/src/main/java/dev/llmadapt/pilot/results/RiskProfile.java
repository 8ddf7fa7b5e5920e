package dev.llmadapt.pilot.results;

import java.util.List;

/**
 * The behaviour of a candidate on input that is not as in the test examples. How often an answer stays the same under
 * paraphrase is in {@link Stability}.
 *
 * @param noise the quality on texts with typos, in capital letters, without punctuation; empty where not measured
 * @param inputInjection the answers to texts that hold an instruction
 * @param passageInjection the answers where a passage that is retrieved holds an instruction
 * @param outOfScope the answers to messages that no label fits
 * @param personalData what prompts hold of people
 */
public record RiskProfile(
        List<NoisyQuality> noise,
        InjectionShare inputInjection,
        InjectionShare passageInjection,
        OutOfScope outOfScope,
        PersonalDataSent personalData) {
    /** Nothing is measured. */
    public static final RiskProfile NONE = new RiskProfile(
            List.of(), InjectionShare.NONE, InjectionShare.NONE, OutOfScope.NONE, PersonalDataSent.NONE);

    /** Copies the list. */
    public RiskProfile {
        noise = List.copyOf(noise);
    }

    /** Whether what can be measured of every candidate was: changed texts, and instructions in them. */
    public boolean complete() {
        return !noise.isEmpty() && inputInjection.measured();
    }
}
