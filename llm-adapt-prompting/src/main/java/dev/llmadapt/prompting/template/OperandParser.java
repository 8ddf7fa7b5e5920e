package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Expression.Literal;
import dev.llmadapt.prompting.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parser of what operators act on: constants, names, lists, dicts, and the attributes, subscripts and calls that
 * follow a value directly.
 */
final class OperandParser {
    private static final Literal NONE = new Literal(None.NONE);
    private static final Map<String, Literal> CONSTANTS = Map.of(
            "true", new Literal(true),
            "True", new Literal(true),
            "false", new Literal(false),
            "False", new Literal(false),
            "none", NONE,
            "None", NONE);

    private final TokenReader tokens;
    private final Names names;
    private final Refusals refusals;
    private final ExpressionParser outer;

    /**
     * A parser of operands.
     *
     * @param outer reads the expressions inside them
     */
    OperandParser(TokenReader tokens, Names names, Refusals refusals, ExpressionParser outer) {
        this.tokens = tokens;
        this.names = names;
        this.refusals = refusals;
        this.outer = outer;
    }

    static boolean isConstant(String name) {
        return CONSTANTS.containsKey(name);
    }

    /** Reads a constant, a name, or what stands in parentheses, brackets or braces. */
    Expression primary() {
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
                tokens.current().isOperator(")") ? new Expression.SeqOf(Seq.Kind.TUPLE, List.of()) : outer.tuple(true);
        tokens.expectOperator(")");
        return value;
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            items.add(outer.expression());
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
            keys.add(outer.expression());
            tokens.expectOperator(":");
            values.add(outer.expression());
            if (!tokens.current().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.DictOf(List.copyOf(keys), List.copyOf(values), line);
    }

    /** Reads attributes, subscripts and calls, which follow a value directly. */
    Expression postfix(Expression first) {
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
            return refusals.refuse("attributes such as '" + token.text() + "' are not supported", line);
        }
        return tokens.current().isOperator("(")
                ? methodCall(target, token.text(), line)
                : new Expression.Attribute(target, Text.literal(token.text()), line);
    }

    private Expression methodCall(Expression target, String name, int line) {
        Signature.Given arguments = arguments();
        return refusals.known(
                line, () -> new Expression.MethodCall(target, name, candidates(name, arguments, line), line));
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
        Expression from = tokens.current().isOperator(":") ? NONE : outer.expression();
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
        return tokens.current().isOperator(":") || tokens.current().isOperator("]") ? NONE : outer.expression();
    }

    /** Reads a call of a value. */
    Expression call(Expression callee, int line) {
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
        return refusals.known(
                line,
                () -> new Expression.Apply(function, NONE, function.signature().bind(arguments, what, line), line));
    }

    /** Reads arguments in parentheses. */
    Signature.Given arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            Token token = tokens.current();
            if (token.isOperator("*")) {
                tokens.next();
                positional.add(new Expression.Unpacked(outer.expression()));
            } else if (token.isOperator("**")) {
                tokens.next();
                outer.expression();
                positional.add(refusals.refuse("unpacking arguments with '**' is not supported", token.line()));
            } else if (token.kind() == Kind.NAME && tokens.look().isOperator("=")) {
                tokens.next();
                tokens.next();
                if (named.put(token.text(), outer.expression()) != null) {
                    throw tokens.error("the argument '" + token.text() + "' is given twice");
                }
            } else if (named.isEmpty()) {
                positional.add(outer.expression());
            } else {
                throw tokens.error("an argument without a name follows one with a name");
            }
            if (!tokens.current().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Signature.Given(List.copyOf(positional), named);
    }
}
