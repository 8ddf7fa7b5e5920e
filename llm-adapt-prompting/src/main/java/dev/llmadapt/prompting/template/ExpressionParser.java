package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Arithmetic.Operator;
import dev.llmadapt.prompting.template.Expression.Literal;
import dev.llmadapt.prompting.template.Token.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The parser of expressions, from loosely to tightly binding operators, each method calling the next. */
final class ExpressionParser {
    private static final Literal NONE = new Literal(None.NONE);
    private static final Map<String, Literal> CONSTANTS = Map.of(
            "true", new Literal(true),
            "True", new Literal(true),
            "false", new Literal(false),
            "False", new Literal(false),
            "none", NONE,
            "None", NONE);
    private static final Map<String, Operator> TERMS = Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);
    private static final Map<String, Operator> FACTORS =
            Map.of("*", Operator.MULTIPLY, "/", Operator.DIVIDE, "//", Operator.FLOOR_DIVIDE, "%", Operator.MODULO);

    private final TokenReader tokens;
    private final Names names;
    private final List<Expression.Refused> refused = new ArrayList<>();

    ExpressionParser(TokenReader tokens, Names names) {
        this.tokens = tokens;
        this.names = names;
    }

    static boolean isConstant(String name) {
        return CONSTANTS.containsKey(name);
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
            value = primary();
        }
        value = postfix(value);
        return filtered ? filters(value) : value;
    }

    private Expression primary() {
        Token token = tokens.next();
        if (token.kind() == Kind.NAME) {
            Literal constant = CONSTANTS.get(token.text());
            if (constant != null) {
                return constant;
            }
            names.read(token.text(), token.line());
            return new Expression.Name(token.text());
        } else if (token.kind() == Kind.STRING) {
            StringBuilder text = new StringBuilder(token.text());
            while (tokens.current().kind() == Kind.STRING) {
                text.append(tokens.next().text());
            }
            return new Literal(Text.literal(text.toString()));
        } else if (token.kind() == Kind.NUMBER) {
            return new Literal(token.value());
        } else if (token.isOperator("(")) {
            return parenthesized();
        } else if (token.isOperator("[")) {
            return list();
        } else if (token.isOperator("{")) {
            return dict(token.line());
        }
        throw new TemplateException("expected an expression, got " + token.describe(), token.line());
    }

    private Expression parenthesized() {
        Expression value =
                tokens.current().isOperator(")") ? new Expression.SeqOf(Seq.Kind.TUPLE, List.of()) : tuple(true);
        tokens.expectOperator(")");
        return value;
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            items.add(expression());
            if (!tokens.current().isOperator("]")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.SeqOf(Seq.Kind.LIST, List.copyOf(items));
    }

    private Expression dict(int line) {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.current().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.DictOf(List.copyOf(keys), List.copyOf(values), line);
    }

    /** Reads attributes, subscripts and calls, which follow a value directly. */
    private Expression postfix(Expression first) {
        Expression value = first;
        while (true) {
            int line = tokens.line();
            if (tokens.skipOperator(".")) {
                value = attribute(value, line);
            } else if (tokens.skipOperator("[")) {
                value = subscript(value, line);
            } else if (tokens.current().isOperator("(")) {
                value = call(value, line);
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression target, int line) {
        Token token = tokens.next();
        if (token.kind() == Kind.NUMBER && token.value() instanceof Long index) {
            return new Expression.Item(target, new Literal(index), line);
        }
        if (token.kind() != Kind.NAME) {
            throw new TemplateException("expected an attribute's name, got " + token.describe(), line);
        }
        if (token.text().startsWith("__")) {
            return refuse("attributes such as '" + token.text() + "' are not supported", line);
        }
        return tokens.current().isOperator("(")
                ? methodCall(target, token.text(), line)
                : new Expression.Attribute(target, Text.literal(token.text()), line);
    }

    private Expression methodCall(Expression target, String name, int line) {
        Signature.Given arguments = arguments();
        return known(line, () -> new Expression.MethodCall(target, name, candidates(name, arguments, line), line));
    }

    private static List<Expression.MethodCall.Candidate> candidates(String name, Signature.Given arguments, int line) {
        Map<String, Builtin> methods = Methods.named(name);
        if (methods.isEmpty()) {
            throw new UnknownConstruct("unknown method '" + name + "'");
        }
        List<Expression.MethodCall.Candidate> candidates = new ArrayList<>();
        UnknownConstruct mismatch = null;
        for (Map.Entry<String, Builtin> method : methods.entrySet()) {
            try {
                String what = "method '" + method.getKey() + "." + name + "'";
                candidates.add(new Expression.MethodCall.Candidate(
                        method.getKey(),
                        method.getValue(),
                        method.getValue().signature().bind(arguments, what, line)));
            } catch (UnknownConstruct e) {
                mismatch = e;
            }
        }
        if (candidates.isEmpty() && mismatch != null) {
            throw mismatch;
        }
        return List.copyOf(candidates);
    }

    private Expression subscript(Expression target, int line) {
        Expression from = tokens.current().isOperator(":") ? NONE : expression();
        if (tokens.skipOperator("]")) {
            return new Expression.Item(target, from, line);
        }
        if (!tokens.skipOperator(":")) {
            throw tokens.error("expected ']' or ':', got " + tokens.current().describe());
        }
        Expression to = sliceBound();
        Expression step = tokens.skipOperator(":") ? sliceBound() : NONE;
        tokens.expectOperator("]");
        return new Expression.SliceOf(target, from, to, step, line);
    }

    private Expression sliceBound() {
        return tokens.current().isOperator(":") || tokens.current().isOperator("]") ? NONE : expression();
    }

    private Expression call(Expression callee, int line) {
        Signature.Given arguments = arguments();
        if (!(callee instanceof Expression.Name name)) {
            return new Expression.Call(callee, arguments, line);
        }
        Builtin function = Functions.rows().get(name.name());
        if (function == null || names.isAssigned(name.name())) {
            names.call(name.name(), line);
            return new Expression.Call(name, arguments, line);
        }
        String what = "function '" + name.name() + "'";
        return known(
                line,
                () -> new Expression.Apply(function, NONE, function.signature().bind(arguments, what, line), line));
    }

    private Signature.Given arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            Token token = tokens.current();
            if (token.isOperator("*")) {
                tokens.next();
                positional.add(new Expression.Unpacked(expression()));
            } else if (token.isOperator("**")) {
                tokens.next();
                expression();
                positional.add(refuse("unpacking arguments with '**' is not supported", token.line()));
            } else if (token.kind() == Kind.NAME && tokens.look().isOperator("=")) {
                tokens.next();
                tokens.next();
                if (named.put(token.text(), expression()) != null) {
                    throw tokens.error("the argument '" + token.text() + "' is given twice");
                }
            } else if (named.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.error("an argument without a name follows one with a name");
            }
            if (!tokens.current().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Signature.Given(List.copyOf(positional), named);
    }

    /** Reads filters and tests after a value. */
    private Expression filters(Expression first) {
        Expression value = first;
        while (true) {
            if (tokens.current().isOperator("|")) {
                value = pipe(value);
            } else if (tokens.current().isName("is")) {
                value = test(value);
            } else if (tokens.current().isOperator("(")) {
                value = call(value, tokens.line());
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
                tokens.current().isOperator("(") ? arguments() : Signature.Given.none(),
                name.line());
    }

    private Expression filterOf(Expression value, String name, Signature.Given arguments, int line) {
        return known(line, () -> {
            if (Selection.isSelection(name)) {
                return new Expression.Select(value, Selection.of(name, arguments, line), line);
            }
            Builtin filter = Filters.named(name);
            return new Expression.Apply(
                    filter, value, filter.signature().bind(arguments, "filter '" + name + "'", line), line);
        });
    }

    /** The expression for a construct that is well formed but not supported. */
    private Expression refuse(String reason, int line) {
        Expression.Refused refusal = new Expression.Refused(reason, line);
        refused.add(refusal);
        return refusal;
    }

    /** The expression that a supplier makes, or one that refuses once it is reached. */
    private Expression known(int line, Supplier<Expression> made) {
        try {
            return made.get();
        } catch (UnknownConstruct e) {
            return refuse(e.reason(), line);
        }
    }

    /** Ends the parsing; returns the constructs that fail when they are reached, in the order of the source. */
    List<Expression.Refused> finish() {
        names.finish().forEach((name, line) -> refuse(Functions.unknown(name), line));
        refused.sort(Comparator.comparingInt(Expression.Refused::line));
        return List.copyOf(refused);
    }

    private Expression test(Expression value) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        Token name = tokens.expect(Kind.NAME, "a test's name");
        Expression applied =
                testOf(value, name.text(), tokens.current().isOperator("(") ? arguments() : testArgument(), line);
        return negated ? new Expression.Not(applied) : applied;
    }

    private Expression testOf(Expression value, String name, Signature.Given arguments, int line) {
        return known(line, () -> {
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
                ? new Signature.Given(List.of(postfix(primary())), new LinkedHashMap<>())
                : Signature.Given.none();
    }
}
