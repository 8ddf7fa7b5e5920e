package dev.llmadapt.pilot.saved;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.strategy.CandidateName;
import java.util.Map;

/**
 * The model that a strategy was measured on, as a report's settings keep it: {@code model} and {@code model sha256}, in
 * a comparison of models {@code model NAME} and {@code model NAME sha256}.
 *
 * @param name its name in a comparison of models; empty where there was one model
 * @param source where it came from, as the command line takes it; empty if not known
 * @param content tells it from others, a hash of its files; empty if not known
 */
public record MeasuredModel(String name, String source, String content) {
    private static final String KEY = "model";
    private static final String CONTENT = " sha256";

    /** The model of a strategy in a report. */
    public static MeasuredModel of(PilotReport report, String strategy) {
        String name = CandidateName.parse(strategy).model();
        Map<String, String> settings = report.settings();
        return new MeasuredModel(
                name, settings.getOrDefault(key(name), ""), settings.getOrDefault(key(name) + CONTENT, ""));
    }

    /** A report that says which this model is. */
    public PilotReport described(PilotReport report) {
        PilotReport described = report.withSetting(key(name), source);
        return content.isEmpty() ? described : described.withSetting(key(name) + CONTENT, content);
    }

    /**
     * Refuses another model than the one that was measured.
     *
     * @param other where the other one came from, for the message
     * @param otherContent what tells the other one from this
     * @throws LlmAdaptException if both are known to differ
     */
    public void refuseOther(String other, String otherContent) {
        if (!content.isEmpty() && !otherContent.isEmpty() && !content.equals(otherContent)) {
            throw new LlmAdaptException("the strategy was measured on " + source + " (sha256 " + start(content)
                    + "), and " + other + " is another model, or computed otherwise (sha256 " + start(otherContent)
                    + "); give that model, or run the pilot on this one");
        }
    }

    private static String key(String name) {
        return name.isEmpty() ? KEY : KEY + " " + name;
    }

    private static String start(String hash) {
        return hash.substring(0, Math.min(8, hash.length()));
    }
}
