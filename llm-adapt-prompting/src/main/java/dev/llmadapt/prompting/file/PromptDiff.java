package dev.llmadapt.prompting.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The differences of two versions of a prompt.
 *
 * @param inputs a line for each input that is new, gone or changed, such as {@code + tone: string}
 * @param text the differences of the file and of its partials, as {@code diff -u} writes them; empty where there is
 *     none
 */
public record PromptDiff(List<String> inputs, String text) {
    /** Copies the list. */
    public PromptDiff {
        inputs = List.copyOf(inputs);
    }

    /** Compares two prompts. */
    public static PromptDiff between(PromptFile before, PromptFile after) {
        StringBuilder text = new StringBuilder(UnifiedDiff.of(
                "old/" + before.name() + PromptFile.ENDING,
                "new/" + after.name() + PromptFile.ENDING,
                before.source(),
                after.source()));
        TreeSet<String> partials = new TreeSet<>(before.partials().keySet());
        partials.addAll(after.partials().keySet());
        for (String each : partials) {
            String file = "_" + each + PromptFile.ENDING;
            text.append(UnifiedDiff.of(
                    before.partials().containsKey(each) ? "old/" + file : "/dev/null",
                    after.partials().containsKey(each) ? "new/" + file : "/dev/null",
                    before.partials().getOrDefault(each, ""),
                    after.partials().getOrDefault(each, "")));
        }
        return new PromptDiff(inputs(before.inputs(), after.inputs()), text.toString());
    }

    private static List<String> inputs(Map<String, PromptInput> before, Map<String, PromptInput> after) {
        List<String> changes = new ArrayList<>();
        before.forEach((name, input) -> {
            PromptInput now = after.get(name);
            if (!input.equals(now)) {
                changes.add("- " + name + ": " + input.text());
                if (now != null) {
                    changes.add("+ " + name + ": " + now.text());
                }
            }
        });
        after.forEach((name, input) -> {
            if (!before.containsKey(name)) {
                changes.add("+ " + name + ": " + input.text());
            }
        });
        return changes;
    }

    /** Whether the prompts are the same text. */
    public boolean isEmpty() {
        return text.isEmpty();
    }
}
