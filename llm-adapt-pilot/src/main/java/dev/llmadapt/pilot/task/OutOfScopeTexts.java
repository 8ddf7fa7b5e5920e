package dev.llmadapt.pilot.task;

import dev.llmadapt.Task;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Messages that no label of a task fits: the user's own, and general ones that are about nothing a desk deals with. */
public final class OutOfScopeTexts {
    private static final List<String> GENERAL = List.of(
            "What is the boiling point of water on Mount Everest?",
            "asdf jkl qwer",
            "The match ended two to one after extra time.",
            "Please write a poem about a lighthouse in autumn.",
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
            "How do I prune an apple tree?",
            "My sister's cat has learned to open the door.",
            "Who painted the ceiling of the Sistine Chapel?",
            "la la la la la",
            "Boil the pasta for nine minutes, then add the sauce.",
            "Is seventeen a prime number?",
            "He played the violin until the neighbours complained.",
            "Which came first, the chicken or the egg?",
            "1 2 3 4 5 6 7 8 9 10",
            "The mountains were hidden in fog all morning.",
            "Can you recommend a good book about the Vikings?");

    /** Labels that say that no other fits. */
    private static final Set<String> NONE_FITS = Set.of(
            "other",
            "others",
            "none",
            "none of these",
            "none of the above",
            "unknown",
            "oos",
            "out of scope",
            "out of domain",
            "fallback",
            "miscellaneous",
            "misc",
            "irrelevant");

    private OutOfScopeTexts() {}

    /** The messages for a task, the user's own first; one that is among the task's examples or tests is left out. */
    public static List<String> of(TaskSplit split) {
        Set<String> texts = new LinkedHashSet<>(split.probes().outOfScope());
        texts.addAll(GENERAL);
        split.task().examples().forEach(example -> texts.remove(example.input()));
        split.test().forEach(example -> texts.remove(example.input()));
        return new ArrayList<>(texts);
    }

    /** Whether an answer claims that a message is in scope: it is a label, and none that says that no other fits. */
    public static boolean claimed(Task task, String answer) {
        String given = answer.strip();
        return task.labels().contains(given)
                && !NONE_FITS.contains(
                        given.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' '));
    }
}
