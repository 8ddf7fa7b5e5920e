package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Token.Kind;
import java.util.List;

/** The tokens of a template, and the parser's position in them. */
final class TokenReader {
    private final List<Token> tokens;
    private final int maxNesting;
    private int at;
    private int nesting;

    TokenReader(List<Token> tokens, int maxNesting) {
        this.tokens = tokens;
        this.maxNesting = maxNesting;
    }

    Token current() {
        return tokens.get(at);
    }

    int line() {
        return current().line();
    }

    /** The token after the current one. */
    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** Returns the current token and moves on. */
    Token next() {
        Token token = current();
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean skipName(String name) {
        return skip(Kind.NAME, name);
    }

    boolean skipOperator(String operator) {
        return skip(Kind.OPERATOR, operator);
    }

    private boolean skip(Kind kind, String text) {
        boolean found = current().is(kind, text);
        if (found) {
            at++;
        }
        return found;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw error("expected '" + operator + "', got " + current().describe());
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw error("expected '" + name + "', got " + current().describe());
        }
    }

    Token expect(Kind kind, String what) {
        if (current().kind() != kind) {
            throw error("expected " + what + ", got " + current().describe());
        }
        return next();
    }

    /** Enters a deeper level of the source. */
    void enter() {
        if (++nesting > maxNesting) {
            throw error("the limit 'nesting' of " + maxNesting + " is exceeded");
        }
    }

    void leave() {
        nesting--;
    }

    TemplateException error(String message) {
        return new TemplateException(message, line());
    }
}
