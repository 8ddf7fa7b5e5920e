package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.GrammarReader.Rhs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the rules of a grammar. What does not lead back to itself is one regular expression; a rule that begins with
 * itself becomes a repetition of what follows. Not thread-safe.
 */
final class GrammarCompiler {
    private static final int MAX_DEPTH = 500;

    private final Map<String, Rhs> rules;
    private final Regexes regexes;
    private final Grammar grammar = new Grammar();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Regex> regular = new HashMap<>();
    private final Set<String> irregular = new HashSet<>();
    private final Set<String> underWay = new LinkedHashSet<>();

    private GrammarCompiler(Map<String, Rhs> rules, Regexes regexes) {
        this.rules = rules;
        this.regexes = regexes;
    }

    /**
     * Compiles a grammar in GBNF.
     *
     * @throws ConstraintException if it is broken, not supported or too large, or no text fits
     */
    static Grammar compile(String text, Regexes regexes) {
        GrammarCompiler compiler = new GrammarCompiler(GrammarReader.read(text, regexes), regexes);
        compiler.rules.keySet().forEach(name -> compiler.regex(new Rhs.Name(name, 0)));
        compiler.numbers.put("root", compiler.grammar.rule("root"));
        List<String> open = new ArrayList<>(List.of("root"));
        for (int i = 0; i < open.size(); i++) {
            String name = open.get(i);
            int rule = Objects.requireNonNull(compiler.numbers.get(name));
            int last = compiler.grammar.state(rule);
            compiler.grammar.last(last);
            compiler.add(
                    withoutLeft(name, Objects.requireNonNull(compiler.rules.get(name))),
                    rule,
                    compiler.grammar.start(rule),
                    last,
                    open);
        }
        return compiler.grammar;
    }

    /** Returns what matches a part that leads to no rule that leads to itself, else null. */
    private @Nullable Regex regex(Rhs rhs) {
        if (rhs instanceof Rhs.Terminal terminal) {
            return terminal.regex();
        } else if (rhs instanceof Rhs.Name name) {
            return named(name.name());
        } else if (rhs instanceof Rhs.Repeat repeat) {
            Regex part = regex(repeat.part());
            return part == null ? null : regexes.repeat(part, repeat.min(), repeat.max());
        }
        List<Rhs> parts = rhs instanceof Rhs.Sequence sequence ? sequence.parts() : ((Rhs.Choice) rhs).parts();
        List<Regex> found = new ArrayList<>();
        boolean all = true;
        for (Rhs part : parts) {
            Regex each = regex(part);
            all &= each != null;
            if (each != null) {
                found.add(each);
            }
        }
        if (!all) {
            return null;
        }
        return rhs instanceof Rhs.Sequence ? regexes.concat(found.toArray(Regex[]::new)) : regexes.or(found);
    }

    private @Nullable Regex named(String name) {
        Regex known = regular.get(name);
        if (known != null || irregular.contains(name)) {
            return known;
        }
        if (underWay.size() > MAX_DEPTH) {
            throw new ConstraintException("grammar: more than " + MAX_DEPTH + " rules within each other");
        }
        if (!underWay.add(name)) {
            boolean inside = false;
            for (String each : underWay) { // all from it on lead to it
                inside |= each.equals(name);
                if (inside) {
                    irregular.add(each);
                }
            }
            return null;
        }
        Regex found = regex(Objects.requireNonNull(rules.get(name)));
        underWay.remove(name);
        if (found == null) {
            irregular.add(name);
        } else {
            regular.put(name, found);
        }
        return found;
    }

    /** Writes {@code a ::= a x | b} as {@code a ::= b x*}. */
    private static Rhs withoutLeft(String name, Rhs rhs) {
        List<Rhs> choices = rhs instanceof Rhs.Choice choice ? choice.parts() : List.of(rhs);
        List<Rhs> tails = new ArrayList<>();
        List<Rhs> others = new ArrayList<>();
        for (Rhs each : choices) {
            List<Rhs> parts = each instanceof Rhs.Sequence sequence ? sequence.parts() : List.of(each);
            boolean left = !parts.isEmpty()
                    && parts.get(0) instanceof Rhs.Name first
                    && first.name().equals(name);
            if (left && parts.size() > 1) {
                tails.add(new Rhs.Sequence(parts.subList(1, parts.size())));
            } else if (!left) {
                others.add(each);
            }
        }
        if (tails.isEmpty()) {
            return rhs;
        }
        return new Rhs.Sequence(
                List.of(new Rhs.Choice(others), new Rhs.Repeat(new Rhs.Choice(tails), 0, Regex.UNBOUNDED)));
    }

    private void add(Rhs rhs, int rule, int from, int to, List<String> open) {
        Regex regex = regex(rhs);
        if (regex != null) {
            grammar.read(from, regex, to);
        } else if (rhs instanceof Rhs.Name name) {
            Integer number = numbers.get(name.name());
            if (number == null) {
                number = grammar.rule(name.name());
                numbers.put(name.name(), number);
                open.add(name.name());
            }
            grammar.call(from, number, to);
        } else if (rhs instanceof Rhs.Sequence sequence) {
            int at = from;
            for (int i = 0; i < sequence.parts().size(); i++) {
                int next = i == sequence.parts().size() - 1 ? to : grammar.state(rule);
                add(sequence.parts().get(i), rule, at, next, open);
                at = next;
            }
        } else if (rhs instanceof Rhs.Choice choice) {
            choice.parts().forEach(each -> add(each, rule, from, to, open));
        } else if (rhs instanceof Rhs.Repeat repeat) {
            int at = from;
            for (int i = 0; i < repeat.min(); i++) {
                int next = grammar.state(rule);
                add(repeat.part(), rule, at, next, open);
                at = next;
            }
            if (repeat.max() == Regex.UNBOUNDED) {
                int loop = grammar.state(rule);
                grammar.skip(at, loop);
                add(repeat.part(), rule, loop, loop, open);
                grammar.skip(loop, to);
                return;
            }
            for (int i = repeat.min(); i < repeat.max(); i++) {
                grammar.skip(at, to);
                int next = grammar.state(rule);
                add(repeat.part(), rule, at, next, open);
                at = next;
            }
            grammar.skip(at, to);
        }
    }
}
