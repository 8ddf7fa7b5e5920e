package dev.llmadapt.local.constraint;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of property names.
 *
 * @param pattern matches the names as they are written within quotation marks, or null for any name
 * @param negated whether the names are those that the pattern does not match
 * @param without names that are not in the set
 */
record NameSet(@Nullable Regex pattern, boolean negated, Set<String> without) {
    /** All names. */
    static final NameSet ALL = new NameSet(null, false, Set.of());

    boolean has(String name, CharacterCode code) {
        if (without.contains(name)) {
            return false;
        }
        return pattern == null || code.regexes().matches(pattern, code.bytes(name)) != negated;
    }

    /** Returns what matches the names that are not in {@code without}. */
    Regex regex(CharacterCode code) {
        Regexes regexes = code.regexes();
        Regex any = regexes.star(code.any());
        Regex names = pattern == null ? any : negated ? regexes.minus(any, pattern) : pattern;
        return without.isEmpty()
                ? names
                : regexes.minus(
                        names,
                        regexes.literals(without.stream().map(code::bytes).toList()));
    }
}
