package dev.llmadapt.peft.folder;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.AdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of a classifier that PEFT has no place for: what the rows of its head mean, and how a text is given to
 * it. {@code llm_adapt.json} keeps them; of labels alone, transformers does in the model's {@code config.json}.
 *
 * @param labels of the rows of the head, all different; empty where nobody says
 * @param temperature by which logits are divided, positive; 1 unless it was fitted
 * @param calibrated whether the temperature was fitted on examples that were held back
 * @param wording what stands around a text
 * @param maxLength the most tokens of a text
 */
public record ClassifierSettings(
        List<String> labels, double temperature, boolean calibrated, Wording wording, int maxLength) {
    private static final String ID2LABEL = "id2label";
    private static final String TEMPERATURE = "temperature";
    private static final String CALIBRATED = "calibrated";
    private static final String CHAT = "chat_template";
    private static final String MAX_LENGTH = "max_length";
    private static final String BEFORE = "text_before";
    private static final String AFTER = "text_after";
    private static final String MODEL = "config.json";

    /**
     * What stands around a text. A model that reads from left to right says most about a text at its last token if it
     * is asked there: "This text is about:".
     *
     * @param chat whether texts stand in the model's chat template, behind what its layers add; else they stand alone
     * @param before what stands before each text
     * @param after what stands behind each text, with the last token
     */
    public record Wording(boolean chat, String before, String after) {
        /** Texts as they are, as users of transformers give them. */
        public static final Wording NONE = new Wording(false, "", "");

        /** {@code This text: "..." means in one word: "} (PromptEOL, Jiang et al. 2024). */
        public static final Wording ONE_WORD = new Wording(false, "This text: \"", "\" means in one word: \"");

        /** Refuses {@code null}. */
        public Wording {
            Objects.requireNonNull(before, "before");
            Objects.requireNonNull(after, "after");
        }

        /** Returns this wording inside the chat template or not. */
        public Wording withChat(boolean chat) {
            return new Wording(chat, before, after);
        }

        /** The text with what stands around it. */
        public String around(String text) {
            return before + text + after;
        }
    }

    /** Validates the components and copies the labels. */
    public ClassifierSettings {
        labels = List.copyOf(Objects.requireNonNull(labels, "labels"));
        if (new LinkedHashSet<>(labels).size() != labels.size()) {
            throw new IllegalArgumentException("labels must all differ, labels: " + labels);
        }
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("temperature must be positive, temperature: " + temperature);
        }
        if (maxLength < 1) {
            throw new IllegalArgumentException("max_length must be positive, max_length: " + maxLength);
        }
    }

    /** Labels of texts that stand alone and may have any length. */
    public static ClassifierSettings of(List<String> labels) {
        return new ClassifierSettings(labels, 1, false, Wording.NONE, Integer.MAX_VALUE);
    }

    /** Returns these settings with other labels. */
    public ClassifierSettings withLabels(List<String> labels) {
        return new ClassifierSettings(labels, temperature, calibrated, wording, maxLength);
    }

    /** Returns these settings with a temperature that was fitted. */
    public ClassifierSettings withTemperature(double temperature) {
        return new ClassifierSettings(labels, temperature, true, wording, maxLength);
    }

    /** The labels that transformers keeps in a model's {@code config.json}, if the folder has one that names some. */
    public static Optional<List<String>> labelsOf(Path folder) {
        Path config = folder.resolve(MODEL);
        if (!Files.isRegularFile(config)) {
            return Optional.empty();
        }
        List<String> labels = labels(SettingsFile.read(config));
        return labels.isEmpty() ? Optional.empty() : Optional.of(labels);
    }

    /** The names that transformers gives labels of which it knows nothing. */
    public static List<String> unnamed(int labels) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < labels; i++) {
            names.add("LABEL_" + i);
        }
        return names;
    }

    static ClassifierSettings read(SettingsFile json) {
        try {
            return new ClassifierSettings(
                    labels(json),
                    json.number(TEMPERATURE, 1),
                    json.bool(CALIBRATED),
                    new Wording(
                            json.bool(CHAT),
                            json.string(BEFORE).orElse(""),
                            json.string(AFTER).orElse("")),
                    json.integer(MAX_LENGTH, Integer.MAX_VALUE));
        } catch (IllegalArgumentException e) {
            throw new AdapterException(json.file() + ": " + e.getMessage(), e);
        }
    }

    private static List<String> labels(SettingsFile json) {
        Map<String, JsonElement> byId = json.members(ID2LABEL);
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < byId.size(); id++) {
            JsonElement label = byId.get(Integer.toString(id));
            if (!(label instanceof JsonPrimitive text && text.isString())) {
                throw new AdapterException(json.file() + ", " + ID2LABEL
                        + ": expected a label for each number from 0 to "
                        + (byId.size() - 1) + ", got " + (label == null ? "none" : SettingsFile.brief(label)) + " for "
                        + id);
            }
            labels.add(text.getAsString());
        }
        return labels;
    }

    Map<String, Object> json() {
        Map<String, String> byId = new LinkedHashMap<>();
        for (int id = 0; id < labels.size(); id++) {
            byId.put(Integer.toString(id), labels.get(id));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(ID2LABEL, byId);
        json.put(CHAT, wording.chat());
        json.put(BEFORE, wording.before());
        json.put(AFTER, wording.after());
        json.put(MAX_LENGTH, maxLength);
        json.put(TEMPERATURE, temperature);
        json.put(CALIBRATED, calibrated);
        return json;
    }
}
