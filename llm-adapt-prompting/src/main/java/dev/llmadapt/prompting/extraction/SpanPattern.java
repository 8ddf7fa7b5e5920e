package dev.llmadapt.prompting.extraction;

import dev.llmadapt.prompting.extraction.ValueReader.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pattern of a value in a text: the keys of the tokens before it, its shape, and the keys of those after it. Matching
 * goes over the text once, without going back.
 *
 * @param left the keys before the value, in order
 * @param shape the kinds of its tokens; empty for anything up to what comes after
 * @param right the keys after the value, in order
 */
record SpanPattern(List<String> left, List<Part> shape, List<String> right) {
    private static final int MOST_LEFT = 3;
    private static final int MOST_RIGHT = 2;
    private static final int MOST_PARTS = 6;
    private static final int MOST_TOKENS = 16;

    /**
     * Tokens of a shape.
     *
     * @param many whether it stands for one or more words that begin with a capital letter, not for one token
     */
    record Part(Token.Kind kind, String key, boolean many) {
        boolean fits(Token token) {
            if (many) {
                return token.kind() == Token.Kind.CAPITAL || token.kind() == Token.Kind.UPPER;
            }
            return token.kind() == kind && (key.isEmpty() || key.equals(token.key()));
        }
    }

    /** The patterns of a place in a text, from those with least around the value to those with most. */
    static Stream<SpanPattern> around(TokenText text, Span span) {
        List<SpanPattern> patterns = new ArrayList<>();
        for (int before = 0; before <= Math.min(MOST_LEFT, span.from()); before++) {
            List<String> left = keys(text, span.from() - before, span.from());
            for (int after = 0;
                    after <= MOST_RIGHT && span.to() + after <= text.tokens().size();
                    after++) {
                List<String> right = keys(text, span.to(), span.to() + after);
                for (List<Part> shape : shapes(text, span)) {
                    if (!shape.isEmpty() || (!left.isEmpty() && !right.isEmpty())) {
                        patterns.add(new SpanPattern(left, shape, right));
                    }
                }
            }
        }
        return patterns.stream().distinct();
    }

    private static List<String> keys(TokenText text, int from, int to) {
        return text.tokens().subList(from, to).stream().map(Token::key).toList();
    }

    /** As it is, with runs of capitalised words as one part, and anything. */
    private static List<List<Part>> shapes(TokenText text, Span span) {
        List<Part> exact = new ArrayList<>();
        List<Part> runs = new ArrayList<>();
        for (Token token : text.tokens().subList(span.from(), span.to())) {
            boolean capital = token.kind() == Token.Kind.CAPITAL || token.kind() == Token.Kind.UPPER;
            Part part = new Part(token.kind(), token.kind().isWord() ? "" : token.key(), false);
            exact.add(part);
            Part run = capital ? new Part(Token.Kind.CAPITAL, "", true) : part;
            if (!capital || runs.isEmpty() || !runs.get(runs.size() - 1).many()) {
                runs.add(run);
            }
        }
        List<List<Part>> shapes = new ArrayList<>();
        Stream.of(runs, exact).filter(shape -> shape.size() <= MOST_PARTS).forEach(shapes::add);
        if (span.size() <= MOST_TOKENS) {
            shapes.add(List.of());
        }
        return shapes;
    }

    /** How much stands around the value. */
    int context() {
        return left.size() + right.size();
    }

    /** The first place in a text that this pattern matches. */
    Optional<Span> first(TokenText text) {
        List<Token> tokens = text.tokens();
        for (int from = Math.max(1, left.size()); from < tokens.size() - 1; from++) {
            if (equal(tokens, from - left.size(), left)) {
                int to = shape.isEmpty() ? anything(tokens, from) : shaped(tokens, from);
                if (to > from) {
                    return Optional.of(new Span(from, to));
                }
            }
        }
        return Optional.empty();
    }

    /** Where a value of this shape ends that begins at a token and has the right tokens after it; 0 for none. */
    private int shaped(List<Token> tokens, int from) {
        int at = from;
        for (Part part : shape) {
            if (!part.fits(tokens.get(at))) {
                return 0;
            }
            at++;
            while (part.many() && part.fits(tokens.get(at))) {
                at++; // the edge after the last token fits nothing
            }
            if (at >= tokens.size()) {
                return 0;
            }
        }
        return equal(tokens, at, right) ? at : 0;
    }

    private int anything(List<Token> tokens, int from) {
        int last = Math.min(from + MOST_TOKENS, tokens.size() - 1);
        for (int to = from + 1; to <= last; to++) {
            if (equal(tokens, to, right)) {
                return to;
            }
        }
        return 0;
    }

    private static boolean equal(List<Token> tokens, int at, List<String> keys) {
        if (at + keys.size() > tokens.size()) {
            return false;
        }
        for (int i = 0; i < keys.size(); i++) {
            if (!keys.get(i).equals(tokens.get(at + i).key())) {
                return false;
            }
        }
        return true;
    }
}
