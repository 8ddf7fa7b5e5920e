package dev.llmadapt.local.decoding;

import dev.llmadapt.OutputConstraint;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.Matcher;
import dev.llmadapt.local.constraint.ThinkingMatcher;
import dev.llmadapt.local.constraint.Vocabulary;
import dev.llmadapt.prompting.template.Thinking;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The constraints that answers had last, compiled once for all of them. Thread-safe. */
final class Constraints {
    private static final int MAX_KEPT = 32;

    private final Map<OutputConstraint, CompiledConstraint> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OutputConstraint, CompiledConstraint> eldest) {
            return size() > MAX_KEPT;
        }
    };

    private ThinkingMatcher.@Nullable Markers markers;
    private @Nullable Vocabulary markersOf;

    /** The markers of the model's thoughts, compiled once. */
    synchronized ThinkingMatcher.Markers markers(Thinking thinking, Vocabulary vocabulary) {
        ThinkingMatcher.Markers made = markers;
        if (made == null || markersOf != vocabulary) {
            made = ThinkingMatcher.Markers.of(thinking.begin(), thinking.end(), vocabulary);
            markers = made;
            markersOf = vocabulary;
        }
        return made;
    }

    /**
     * Begins an answer under a constraint.
     *
     * @throws dev.llmadapt.local.constraint.ConstraintException if it cannot be kept
     */
    Matcher matcher(OutputConstraint constraint, Vocabulary vocabulary) {
        CompiledConstraint compiled;
        synchronized (kept) {
            compiled = kept.get(constraint);
        }
        if (compiled == null) { // without the lock, for others' answers go on meanwhile
            compiled = CompiledConstraint.of(constraint, vocabulary);
            synchronized (kept) {
                kept.put(constraint, compiled);
            }
        }
        return compiled.matcher();
    }
}
