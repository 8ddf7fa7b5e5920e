package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Expr.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The rules of one case of an array.
 *
 * @param min the least number of items
 * @param max the most, {@link Integer#MAX_VALUE} if unbounded
 * @param single rules about one place
 * @param from rules about all places from one on
 * @param counted rules about how many items fit
 */
record ArrayCase(int min, int max, List<Expr> single, List<Expr> from, List<Expr> counted) {
    static ArrayCase of(Collection<Expr> rules) {
        Map<Kind, List<Expr>> kinds = SchemaSolver.byKind(rules);
        int min = 0;
        int max = Integer.MAX_VALUE;
        for (Expr rule : kinds.getOrDefault(Kind.MIN_ITEMS, List.of())) {
            min = Math.max(min, rule.key.number());
        }
        for (Expr rule : kinds.getOrDefault(Kind.MAX_ITEMS, List.of())) {
            max = Math.min(max, rule.key.number());
        }
        List<Expr> counted = new ArrayList<>(kinds.getOrDefault(Kind.CONTAINS, List.of()));
        for (Expr rule : counted) {
            min = Math.max(min, Integer.parseInt(rule.key.name()) + rule.key.number());
        }
        counted.addAll(kinds.getOrDefault(Kind.CONTAINS_AT_MOST, List.of()));
        return new ArrayCase(
                min, max, kinds.getOrDefault(Kind.ITEM, List.of()), kinds.getOrDefault(Kind.ITEMS, List.of()), counted);
    }

    /** Returns the rules about the item at a place. */
    List<Expr> items(int place) {
        List<Expr> found = new ArrayList<>();
        for (Expr rule : single) {
            if (rule.key.number() == place) {
                found.add(rule.part());
            }
        }
        for (Expr rule : from) {
            if (rule.key.number() <= place) {
                found.add(rule.part());
            }
        }
        return found;
    }

    /** Returns the place from which on the same rules hold for all. */
    int uniform() {
        int place = 0;
        for (Expr rule : single) {
            place = Math.max(place, rule.key.number() + 1);
        }
        for (Expr rule : from) {
            place = Math.max(place, rule.key.number());
        }
        for (Expr rule : counted) {
            place = Math.max(place, Integer.parseInt(rule.key.name()));
        }
        return place;
    }
}
