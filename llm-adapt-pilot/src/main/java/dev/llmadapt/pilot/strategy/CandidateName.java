package dev.llmadapt.pilot.strategy;

import java.util.regex.Pattern;

/**
 * The name of a candidate: a strategy in the words of {@link StrategyCatalog}, and the model that it brings along, if
 * it does: {@code few-shot @ small}.
 *
 * @param strategy the strategy
 * @param model the model's name; empty where the candidate adapts the model that it is given
 */
public record CandidateName(String strategy, String model) {
    private static final String ON = " @ ";
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]*");

    /** Reads a name as {@link #text()} writes it. */
    public static CandidateName parse(String text) {
        int at = text.lastIndexOf(ON);
        String model = at < 0 ? "" : text.substring(at + ON.length());
        return isModel(model) ? new CandidateName(text.substring(0, at), model) : new CandidateName(text, "");
    }

    /** Whether a model can have a name. */
    static boolean isModel(String name) {
        return MODEL.matcher(name).matches();
    }

    /** The name as reports show it. */
    public String text() {
        return model.isEmpty() ? strategy : strategy + ON + model;
    }
}
