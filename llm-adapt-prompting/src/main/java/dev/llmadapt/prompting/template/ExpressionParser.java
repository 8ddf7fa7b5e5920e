package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Arithmetic.Operator;
import dev.llmadapt.prompting.template.Expression.Literal;
import dev.llmadapt.prompting.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The parser of expressions by precedence, from loosely to tightly binding operators, each method calling the next.
 * What operators act on is read by {@link OperandParser}, filters and tests by {@link FilterParser}.
 */
final class ExpressionParser {
    private static final Map<String, Operator> TERMS = Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);
    private static final Map<String, Operator> FACTORS =
            Map.of("*", Operator.MULTIPLY, "/", Operator.DIVIDE, "//", Operator.FLOOR_DIVIDE, "%", Operator.MODULO);

    private final TokenReader tokens;
    private final Names names;
    private final Refusals refusals = new Refusals();
    private final OperandParser operands;
    private final FilterParser filters;

    ExpressionParser(TokenReader tokens, Names names) {
        this.tokens = tokens;
        this.names = names;
        this.operands = new OperandParser(tokens, names, refusals, this);
        this.filters = new FilterParser(tokens, refusals, operands);
    }

    /** Reads an expression, or several with commas between, which make a tuple. */
    Expression tuple(boolean conditional) {
        List<Expression> items = new ArrayList<>();
        boolean isTuple = false;
        while (!endsTuple()) {
            items.add(conditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (items.isEmpty()) {
            throw tokens.error("expected an expression, got " + tokens.current().describe());
        }
        return isTuple ? new Expression.SeqOf(Seq.Kind.TUPLE, List.copyOf(items)) : items.get(0);
    }

    private boolean endsTuple() {
        Token token = tokens.current();
        return token.kind() == Kind.VARIABLE_END || token.kind() == Kind.BLOCK_END || token.isOperator(")");
    }

    /** Reads one expression, {@code a if b else c} included. */
    Expression expression() {
        tokens.enter();
        Expression value = or();
        while (tokens.current().isName("if")) {
            int line = tokens.next().line();
            Expression test = or();
            Expression otherwise = tokens.skipName("else")
                    ? expression()
                    : new Literal(new Undefined("the 'if' on line " + line + " was false and has no 'else'", true));
            value = new Expression.Conditional(test, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    Expression or() {
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Logical(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Expression.Logical(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression value = new Expression.Not(not());
        tokens.leave();
        return value;
    }

    private Expression comparison() {
        int line = tokens.line();
        Expression first = sum();
        List<Expression.Compare.Comparison> comparisons = new ArrayList<>();
        for (String operator = comparisonOperator(); !operator.isEmpty(); operator = comparisonOperator()) {
            comparisons.add(new Expression.Compare.Comparison(operator, sum()));
        }
        return comparisons.isEmpty() ? first : new Expression.Compare(first, List.copyOf(comparisons), line);
    }

    /** Reads a comparison operator; empty if there is none. */
    private String comparisonOperator() {
        Token token = tokens.current();
        if (token.kind() == Kind.OPERATOR) {
            return switch (token.text()) {
                case "==", "!=", "<", "<=", ">", ">=" -> tokens.next().text();
                default -> "";
            };
        } else if (tokens.skipName("in")) {
            return "in";
        } else if (token.isName("not") && tokens.look().isName("in")) {
            tokens.next();
            tokens.next();
            return "not in";
        }
        return "";
    }

    private Expression sum() {
        Expression left = concatenation();
        for (Operator operator = operator(TERMS::get); operator != null; operator = operator(TERMS::get)) {
            int line = tokens.next().line();
            left = new Expression.Binary(operator, left, concatenation(), line);
        }
        return left;
    }

    private Expression concatenation() {
        Expression first = product();
        if (!tokens.current().isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concat(List.copyOf(parts));
    }

    private Expression product() {
        Expression left = power();
        for (Operator operator = operator(FACTORS::get); operator != null; operator = operator(FACTORS::get)) {
            int line = tokens.next().line();
            left = new Expression.Binary(operator, left, power(), line);
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.current().isOperator("**")) {
            int line = tokens.next().line();
            left = new Expression.Binary(Operator.POWER, left, unary(true), line);
        }
        return left;
    }

    private @org.jspecify.annotations.Nullable Operator operator(
            java.util.function.Function<String, @org.jspecify.annotations.Nullable Operator> table) {
        return tokens.current().kind() == Kind.OPERATOR
                ? table.apply(tokens.current().text())
                : null;
    }

    private Expression unary(boolean filtered) {
        Expression value;
        int line = tokens.line();
        if (tokens.current().isOperator("-") || tokens.current().isOperator("+")) {
            tokens.enter();
            value = new Expression.Sign(tokens.next().text().equals("-"), unary(false), line);
            tokens.leave();
        } else {
            value = operands.primary();
        }
        value = operands.postfix(value);
        return filtered ? filters.filters(value) : value;
    }

    /** Reads {@code | filter | filter}, applied to a value. */
    Expression pipe(Expression first) {
        return filters.pipe(first);
    }

    /** Reads a filter's name and arguments, applied to a value. */
    Expression filter(Expression value) {
        return filters.filter(value);
    }

    /** Ends the parsing; returns the constructs that fail when they are reached, in the order of the source. */
    List<Expression.Refused> finish() {
        names.finish().forEach((name, line) -> refusals.refuse(Functions.unknown(name), line));
        return refusals.inOrder();
    }
}
