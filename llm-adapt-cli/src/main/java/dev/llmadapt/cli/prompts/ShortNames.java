package dev.llmadapt.cli.prompts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Short names for paths: of {@code /models/qwen/model.gguf} the last part without its ending, {@code model}; with its
 * ending, or as many of the parts before it as tell it from the others, where they have the same.
 */
final class ShortNames {
    private static final String ENDING = "\\.(gguf|onnx|safetensors|prompty|yaml|yml|json|txt|md|j2)$";

    private ShortNames() {}

    /** A name for each text; equal texts, and those that are no path, keep theirs. */
    static List<String> of(List<String> texts) {
        Set<String> different = new HashSet<>(texts);
        List<String> names = new ArrayList<>();
        for (String text : texts) {
            names.add(name(text, different));
        }
        return names;
    }

    private static String name(String text, Set<String> all) {
        int parts = parts(text).length;
        for (int count = 1; count < parts; count++) {
            for (boolean ending : new boolean[] {false, true}) {
                String name = last(text, count, ending);
                int length = count;
                boolean taken = name.isEmpty()
                        || all.stream()
                                .anyMatch(other -> !other.equals(text)
                                        && (name.equals(other) || name.equals(last(other, length, ending))));
                if (!taken) {
                    return name;
                }
            }
        }
        return text;
    }

    private static String[] parts(String text) {
        return text.split("[/\\\\]+");
    }

    private static String last(String text, int count, boolean ending) {
        String[] parts = parts(text);
        int from = Math.max(0, parts.length - count);
        String joined = String.join("/", List.of(parts).subList(from, parts.length));
        return ending ? joined : joined.replaceFirst(ENDING, "");
    }
}
