package dev.llmadapt.pilot.task;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Labels written as words. A model judges {@code card arrival} better than {@code card_arrival}: the first is English,
 * the second is a name from someone's program.
 */
final class LabelWords {
    private LabelWords() {}

    /**
     * The text that each label is shown as: every run of underscores and white space becomes one space. One-to-one: if
     * two labels would become the same, or one would become empty, all stay as they are.
     *
     * @return the shown label of each label, in their order
     */
    static Map<String, String> of(Collection<String> labels) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String label : labels) {
            words.put(label, label.replaceAll("[_\\s]+", " ").strip());
        }
        if (new LinkedHashSet<>(words.values()).size() < words.size() || words.containsValue("")) {
            return asTheyAre(labels);
        }
        return words;
    }

    /** The labels of the file by what they are shown as, where that is another wording and none that was asked for. */
    static Map<String, String> reworded(Map<String, String> shown, Map<String, String> names) {
        Map<String, String> labels = new LinkedHashMap<>();
        shown.forEach((label, wording) -> {
            if (!label.equals(wording) && !names.containsKey(label)) {
                labels.put(wording, label);
            }
        });
        return labels;
    }

    /** Each label as itself. */
    static Map<String, String> asTheyAre(Collection<String> labels) {
        Map<String, String> same = new LinkedHashMap<>();
        for (String label : labels) {
            same.put(label, label);
        }
        return same;
    }

    /**
     * Labels under names that someone gave them.
     *
     * @param file where the labels are from
     * @param shown what each label is shown as so far
     * @param names other names, by the label as the file has it
     * @throws TaskFileException if a name is for a label that is not there, is blank, or two labels would be shown
     *     alike
     */
    static Map<String, String> named(Path file, Map<String, String> shown, Map<String, String> names) {
        List<String> unknown = names.keySet().stream()
                .filter(label -> !shown.containsKey(label))
                .toList();
        if (!unknown.isEmpty()) {
            throw new TaskFileException(
                    file, "names are given for the labels " + unknown + ", expected some of " + shown.keySet());
        }
        Map<String, String> all = new LinkedHashMap<>(shown);
        names.forEach((label, name) -> all.put(label, name.strip()));
        if (new LinkedHashSet<>(all.values()).size() < all.size() || all.containsValue("")) {
            throw new TaskFileException(file, "labels must have different names that are not empty, got " + all);
        }
        return all;
    }
}
