package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Expr.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The rules of one case of an object.
 *
 * @param min the least number of properties
 * @param max the most, {@link Integer#MAX_VALUE} if unbounded
 * @param named rules about properties by their name, in the order in which they are written
 * @param required the names that must be there
 * @param sets rules about properties of some names
 * @param names rules about all names
 * @param some rules that there is some property
 * @param code how names are written
 */
record ObjectCase(
        int min,
        int max,
        Map<String, List<Expr>> named,
        Set<String> required,
        List<Expr> sets,
        List<Expr> names,
        List<Expr> some,
        CharacterCode code) {
    static ObjectCase of(Collection<Expr> rules, JsonText form) {
        Map<Kind, List<Expr>> kinds = SchemaSolver.byKind(rules);
        int min = 0;
        int max = Integer.MAX_VALUE;
        for (Expr rule : kinds.getOrDefault(Kind.MIN_PROPERTIES, List.of())) {
            min = Math.max(min, rule.key.number());
        }
        for (Expr rule : kinds.getOrDefault(Kind.MAX_PROPERTIES, List.of())) {
            max = Math.min(max, rule.key.number());
        }
        Map<String, List<Expr>> named = new LinkedHashMap<>();
        Set<String> required = new LinkedHashSet<>();
        for (Expr rule : rules) {
            if (rule.kind() == Kind.PROPERTY || rule.kind() == Kind.HAS) {
                named.computeIfAbsent(rule.key.name(), key -> new ArrayList<>()).add(rule.part());
            }
            if (rule.kind() == Kind.HAS) {
                required.add(rule.key.name());
            }
        }
        List<Expr> some = new ArrayList<>(kinds.getOrDefault(Kind.SOME_PROPERTY, List.of()));
        some.addAll(kinds.getOrDefault(Kind.SOME_NAME, List.of()));
        return new ObjectCase(
                min,
                max,
                named,
                required,
                kinds.getOrDefault(Kind.PROPERTIES, List.of()),
                kinds.getOrDefault(Kind.NAMES, List.of()),
                some,
                form.characters);
    }

    /** Returns the rules about the value of a property. */
    List<Expr> values(String name) {
        List<Expr> found = new ArrayList<>(named.getOrDefault(name, List.of()));
        for (Expr rule : sets) {
            if (Objects.requireNonNull(rule.key.names()).has(name, code)) {
                found.add(rule.part());
            }
        }
        return found;
    }

    /** Whether the rules about names allow one. */
    boolean allowed(String name, SchemaSolver solver) {
        byte[] text = code.bytes(name);
        for (Expr rule : names) {
            if (!code.regexes().matches(solver.string(rule.part()), text)) {
                return false;
            }
        }
        return true;
    }
}
