package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Token.Kind;
import java.util.LinkedHashMap;
import java.util.List;

/** The parser of filters, {@code | upper}, and tests, {@code is defined}, after a value. */
final class FilterParser {
    private final TokenReader tokens;
    private final Refusals refusals;
    private final OperandParser operands;

    /**
     * A parser of filters and tests.
     *
     * @param operands reads their arguments
     */
    FilterParser(TokenReader tokens, Refusals refusals, OperandParser operands) {
        this.tokens = tokens;
        this.refusals = refusals;
        this.operands = operands;
    }

    /** Reads filters and tests after a value. */
    Expression filters(Expression first) {
        Expression value = first;
        while (true) {
            if (tokens.current().isOperator("|")) {
                value = pipe(value);
            } else if (tokens.current().isName("is")) {
                value = test(value);
            } else if (tokens.current().isOperator("(")) {
                value = operands.call(value, tokens.line());
            } else {
                return value;
            }
        }
    }

    /** Reads {@code | filter | filter}, applied to a value. */
    Expression pipe(Expression first) {
        Expression value = first;
        while (tokens.skipOperator("|")) {
            value = filter(value);
        }
        return value;
    }

    /** Reads a filter's name and arguments, applied to a value. */
    Expression filter(Expression value) {
        Token name = tokens.expect(Kind.NAME, "a filter's name");
        return filterOf(
                value,
                name.text(),
                tokens.current().isOperator("(") ? operands.arguments() : Signature.Given.none(),
                name.line());
    }

    private Expression filterOf(Expression value, String name, Signature.Given arguments, int line) {
        return refusals.known(line, () -> {
            if (Selection.isSelection(name)) {
                return new Expression.Select(value, Selection.of(name, arguments, line), line);
            }
            Builtin filter = Filters.named(name);
            return new Expression.Apply(
                    filter, value, filter.signature().bind(arguments, "filter '" + name + "'", line), line);
        });
    }

    private Expression test(Expression value) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        Token name = tokens.expect(Kind.NAME, "a test's name");
        Expression applied = testOf(
                value, name.text(), tokens.current().isOperator("(") ? operands.arguments() : testArgument(), line);
        return negated ? new Expression.Not(applied) : applied;
    }

    private Expression testOf(Expression value, String name, Signature.Given arguments, int line) {
        return refusals.known(line, () -> {
            Builtin test = Tests.named(name);
            return new Expression.Apply(
                    test, value, test.signature().bind(arguments, "test '" + name + "'", line), line);
        });
    }

    /** Reads the argument of a test without parentheses, as in {@code is divisibleby 3}. */
    private Signature.Given testArgument() {
        Token token = tokens.current();
        if (token.isName("is")) {
            throw tokens.error("a test cannot follow a test, put the first in parentheses");
        }
        boolean follows = switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, NUMBER -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
        return follows
                ? new Signature.Given(List.of(operands.postfix(operands.primary())), new LinkedHashMap<>())
                : Signature.Given.none();
    }
}
