package dev.llmadapt.peft.data;

import dev.llmadapt.text.BrokenRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The form of a record, by its keys. */
final class Detection {
    /** Names that say prompt and answer. */
    private static final List<List<String>> PAIRS =
            List.of(List.of("prompt", "completion"), List.of("prompt", "response"), List.of("query", "response"));

    /** Everyday names, which may be something else. */
    private static final List<List<String>> GUESSES = List.of(
            List.of("question", "answer"),
            List.of("question", "response"),
            List.of("input", "output"),
            List.of("input", "label"),
            List.of("text", "label"));

    private Detection() {}

    /** The form of a record with some keys, if it is known. */
    static Optional<KnownForm> of(Set<String> all, Set<String> ignored) {
        Set<String> keys = all.stream()
                .filter(key -> ignored.stream()
                        .noneMatch(name -> FieldKind.canonical(name).equals(FieldKind.canonical(key))))
                .collect(Collectors.toSet());
        if (keys.contains("messages")) {
            return known(TrainingFormat.chat(), ignored);
        }
        if (keys.contains("conversations")) {
            return known(TrainingFormat.shareGpt(), ignored);
        }
        if (keys.contains("instruction") && (keys.contains("output") || keys.contains("response"))) {
            return known(TrainingFormat.alpaca(), ignored);
        }
        Optional<List<String>> pair = PAIRS.stream().filter(keys::containsAll).findFirst();
        boolean guessed = pair.isEmpty();
        return pair.or(() -> GUESSES.stream().filter(keys::containsAll).findFirst())
                .map(names -> new KnownForm(
                        TrainingFormat.promptCompletion(names.get(0), names.get(1))
                                .ignoring(ignored.toArray(String[]::new)),
                        guessed));
    }

    private static Optional<KnownForm> known(TrainingFormat format, Set<String> ignored) {
        return Optional.of(new KnownForm(format.ignoring(ignored.toArray(String[]::new)), false));
    }

    /** Whether the keys are those of a preference pair. */
    static boolean isPreference(Collection<String> keys) {
        return keys.contains("chosen") || keys.contains("rejected") || keys.contains("preferred_output");
    }

    /** The reason why a guessed pair is not taken. */
    static String notSure(Collection<String> pair, Collection<String> unknown) {
        return new TreeSet<>(pair) + " may be prompt and answer, but " + BrokenRecord.brief(unknown.toString())
                + " stands beside them; name the two with --prompt-field and --completion-field"
                + " (TrainingFormat.promptCompletion), or pass the rest over with --ignore (TrainingFormat.ignoring)";
    }

    /** The reason why records of some keys are no examples, and what to do. */
    static String unknown(String what, Collection<String> keys) {
        String found = what + " " + BrokenRecord.brief(keys.toString());
        if (isPreference(keys)) {
            return found + ": preference pairs are learned from with train --preferences (PreferenceData); to learn the"
                    + " better answers alone, name them:"
                    + " --prompt-field prompt --completion-field chosen --ignore rejected"
                    + " (TrainingFormat.promptCompletion and ignoring)";
        }
        List<List<String>> pairs = new ArrayList<>(PAIRS);
        pairs.addAll(GUESSES);
        return found
                + ", expected messages (chat), conversations (ShareGPT), instruction and output (Alpaca), or one of"
                + " the pairs " + pairs + "; other fields are named with --prompt-field and --completion-field"
                + " (TrainingFormat.promptCompletion)";
    }
}
