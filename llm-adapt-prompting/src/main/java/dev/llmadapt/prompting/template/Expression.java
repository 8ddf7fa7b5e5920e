package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node that has a value. Sub-expressions are evaluated with {@link Rendering#evaluate}, which counts the steps. */
sealed interface Expression {
    Object evaluate(Rendering r);

    /** Evaluates expressions in order. */
    static Object[] evaluateAll(Rendering r, List<Expression> expressions) {
        Object[] values = new Object[expressions.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = r.evaluate(expressions.get(i));
        }
        return values;
    }

    /** A constant. */
    record Literal(Object value) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            return value;
        }
    }

    /** A variable, or the name of a function in {@code is defined}. */
    record Name(String name) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object value = r.variables().get(name);
            if (value instanceof Ambiguous ambiguous) {
                throw r.fail(ambiguous.explain());
            }
            return value instanceof Undefined && Functions.rows().containsKey(name)
                    ? new BoundMethod("function", name)
                    : value;
        }
    }

    /** A list {@code [a, b]} or a tuple {@code (a, b)}. */
    record SeqOf(Seq.Kind kind, List<Expression> items) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            r.work(Rendering.ALLOCATION);
            return new Seq(kind, List.of(evaluateAll(r, items)));
        }
    }

    /** A dictionary {@code {key: value}}. */
    record DictOf(List<Expression> keys, List<Expression> values, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            r.work(Rendering.ALLOCATION);
            Dict dict = new Dict();
            for (int i = 0; i < keys.size(); i++) {
                Object key = r.evaluate(keys.get(i));
                Object value = r.evaluate(values.get(i));
                if (!(key instanceof Text || key instanceof Long)) {
                    r.at(line);
                    throw r.fail("a key of a dictionary must be a str or an int, got '" + Values.typeName(key) + "'");
                }
                dict.put(r, key, value);
            }
            return dict;
        }
    }

    /** An attribute {@code target.name}. */
    record Attribute(Expression target, Text name, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object value = r.evaluate(target);
            r.at(line);
            return Access.attribute(r, value, name);
        }
    }

    /** An element {@code target[key]}. */
    record Item(Expression target, Expression key, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object value = r.evaluate(target);
            Object at = r.evaluate(key);
            r.at(line);
            return Access.item(r, value, at);
        }
    }

    /** A slice {@code target[from:to:step]}, None where a bound is left out. */
    record SliceOf(Expression target, Expression from, Expression to, Expression step, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object value = r.evaluate(target);
            Object first = r.evaluate(from);
            Object end = r.evaluate(to);
            Object by = r.evaluate(step);
            r.at(line);
            return Access.slice(r, value, first, end, by);
        }
    }

    /** A filter or a test applied to a value, or a function, applied to None. */
    record Apply(Builtin builtin, Expression value, List<Expression> arguments, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object input = r.evaluate(value);
            Object[] given = evaluateAll(r, arguments);
            r.at(line);
            if (!builtin.takesUndefined()) {
                r.defined(input);
                for (Object each : given) {
                    r.defined(each);
                }
            }
            return builtin.apply(r, input, new Args(r, given));
        }
    }

    /** A construct that is well formed but not supported: an error once it is reached. */
    record Refused(String reason, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            r.at(line);
            throw r.fail(reason);
        }
    }

    /** A method call {@code target.name(arguments)}; the target's type decides which method it is. */
    record MethodCall(Expression target, String name, List<Candidate> candidates, int line) implements Expression {
        /** The method of one type, with its arguments. */
        record Candidate(String type, Builtin builtin, List<Expression> arguments) {}

        @Override
        public Object evaluate(Rendering r) {
            Object receiver = r.evaluate(target);
            String type = Values.typeName(receiver);
            for (Candidate candidate : candidates) {
                if (candidate.type.equals(type)) {
                    Args args = new Args(r, evaluateAll(r, candidate.arguments));
                    r.at(line);
                    return candidate.builtin.apply(r, receiver, args);
                }
            }
            r.at(line);
            throw r.fail(Values.undefinedOr(
                    receiver, receiver, "'" + type + "' has no method '" + name + "' that takes these arguments"));
        }
    }

    /** A call {@code callee(arguments)} of a value that the template made. */
    record Call(Expression callee, Signature.Given arguments, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            return evaluate(r, Map.of());
        }

        Object evaluate(Rendering r, Map<String, Object> further) {
            Object function = r.evaluate(callee);
            List<Object> positional = positional(r);
            Map<String, Object> named = new LinkedHashMap<>(further);
            for (Map.Entry<String, Expression> argument : arguments.named().entrySet()) {
                named.put(argument.getKey(), r.evaluate(argument.getValue()));
            }
            r.at(line);
            if (function instanceof Invocable invocable) {
                return invocable.call(r, positional, named);
            } else if (function instanceof Undefined && callee instanceof Name name) {
                throw r.fail(Functions.unknown(name.name()));
            }
            throw r.fail(Values.undefinedOr(
                    function, function, "what is called here is '" + Values.typeName(function) + "', not a macro"));
        }

        private List<Object> positional(Rendering r) {
            List<Object> values = new ArrayList<>();
            for (Expression argument : arguments.positional()) {
                if (argument instanceof Unpacked unpacked) {
                    values.addAll(Values.elements(r, r.evaluate(unpacked.sequence())));
                } else {
                    values.add(r.evaluate(argument));
                }
            }
            return values;
        }
    }

    /** A sequence among the arguments of a call, {@code *sequence}, whose elements are arguments. */
    record Unpacked(Expression sequence) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            throw new IllegalStateException("only a call unpacks");
        }
    }

    /** A filter such as {@code map} or {@code select}. */
    record Select(Expression source, Selection selection, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object items = r.evaluate(source);
            r.at(line);
            return selection.apply(r, r.defined(items), line);
        }
    }

    /** An arithmetic operation such as {@code a + b}. */
    record Binary(Arithmetic.Operator operator, Expression left, Expression right, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object a = r.evaluate(left);
            Object b = r.evaluate(right);
            r.at(line);
            return Arithmetic.apply(r, operator, r.defined(a), r.defined(b));
        }
    }

    /** A signed value, {@code -a} or {@code +a}. */
    record Sign(boolean negative, Expression value, int line) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object number = r.evaluate(value);
            r.at(line);
            return negative ? Arithmetic.negate(r, number) : Arithmetic.requireNumber(r, number);
        }
    }

    /** A concatenation {@code a ~ b}. */
    record Concat(List<Expression> parts) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            TextBuilder text = r.text();
            for (Expression part : parts) {
                Printer.print(r, text, r.evaluate(part));
            }
            return text.toText();
        }
    }

    /** A negation {@code not a}. */
    record Not(Expression value) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            return !r.isTrue(r.evaluate(value));
        }
    }

    /** A logical operation, {@code a and b} or {@code a or b}: the operand that decides. */
    record Logical(boolean and, Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            Object value = r.evaluate(left);
            return r.isTrue(value) == and ? r.evaluate(right) : value;
        }
    }

    /** A comparison {@code a < b <= c}: true if each pair is. */
    record Compare(Expression first, List<Comparison> comparisons, int line) implements Expression {
        record Comparison(String operator, Expression operand) {}

        @Override
        public Object evaluate(Rendering r) {
            Object left = r.evaluate(first);
            for (Comparison comparison : comparisons) {
                Object right = r.evaluate(comparison.operand);
                r.at(line);
                if (!holds(r, comparison.operator, r.defined(left), r.defined(right))) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        static boolean holds(Rendering r, String operator, Object a, Object b) {
            return switch (operator) {
                case "==" -> Values.areEqual(r, a, b);
                case "!=" -> !Values.areEqual(r, a, b);
                case "<" -> Values.compare(r, a, b) < 0;
                case "<=" -> Values.compare(r, a, b) <= 0;
                case ">" -> Values.compare(r, a, b) > 0;
                case ">=" -> Values.compare(r, a, b) >= 0;
                case "in" -> Values.contains(r, b, a);
                case "not in" -> !Values.contains(r, b, a);
                default -> throw new IllegalStateException(operator);
            };
        }
    }

    /** A conditional {@code a if test else b}. */
    record Conditional(Expression test, Expression then, Expression otherwise) implements Expression {
        @Override
        public Object evaluate(Rendering r) {
            return r.evaluate(r.isTrue(r.evaluate(test)) ? then : otherwise);
        }
    }
}
