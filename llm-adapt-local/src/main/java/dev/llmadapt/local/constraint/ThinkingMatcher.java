package dev.llmadapt.local.constraint;

import org.jspecify.annotations.Nullable;

/**
 * The state of an answer that may begin with a thought, between two markers, and goes on under a constraint. What
 * begins like a thought is one; the marker after it ends it, and what follows is the answer. Not thread-safe.
 */
public final class ThinkingMatcher implements TokenMatcher {
    /**
     * The expressions around a thought, compiled.
     *
     * @param opening white space and the marker before it
     * @param thought text up to the marker after it, that included
     * @param blanks white space after it
     */
    public record Markers(CompiledConstraint opening, CompiledConstraint thought, CompiledConstraint blanks) {
        /** Compiles them. */
        public static Markers of(String begin, String end, Vocabulary vocabulary) {
            return new Markers(
                    expression(vocabulary, begin),
                    CompiledConstraint.of(vocabulary, regexes -> {
                        Regex marker = regexes.literal(end);
                        Regex having = regexes.concat(regexes.all, marker, regexes.all);
                        return grammar(regexes.concat(regexes.not(having), marker));
                    }),
                    expression(vocabulary, ""));
        }

        private static CompiledConstraint expression(Vocabulary vocabulary, String text) {
            return CompiledConstraint.of(vocabulary, regexes -> {
                Regex blank = regexes.bytes(ByteSet.of(' ')
                        .or(ByteSet.of('\t'))
                        .or(ByteSet.of('\n'))
                        .or(ByteSet.of('\r')));
                return grammar(
                        regexes.concat(regexes.repeat(blank, 0, JsonText.MAX_WHITESPACE), regexes.literal(text)));
            });
        }

        private static Grammar grammar(Regex whole) {
            Grammar grammar = new Grammar();
            int rule = grammar.rule("the thought");
            int last = grammar.state(rule);
            grammar.read(grammar.start(rule), whole, last);
            grammar.last(last);
            return grammar;
        }
    }

    private enum Stage {
        /** A thought may begin, or the answer. */
        OPENING,
        THOUGHT,
        /** White space may come, or the answer. */
        CLOSING,
        ANSWER
    }

    private final Matcher opening;
    private final Matcher thought;
    private final @Nullable Matcher blanks;
    private final Matcher answer;
    private Stage stage;
    private boolean answering = true; // whether what came may be the beginning of the answer
    private long[] other = new long[0];

    /**
     * The beginning of an answer.
     *
     * @param answer the constraint on what follows the thought
     * @param opened whether the thought has begun
     * @param blanks whether white space may come between the thought and the answer
     */
    public ThinkingMatcher(Markers markers, Matcher answer, boolean opened, boolean blanks) {
        this.opening = markers.opening().matcher();
        this.thought = markers.thought().matcher();
        this.blanks = blanks ? markers.blanks().matcher() : null;
        this.answer = answer;
        this.stage = opened ? Stage.THOUGHT : Stage.OPENING;
    }

    @Override
    public void mask(long[] mask) {
        switch (stage) {
            case OPENING -> {
                opening.mask(mask);
                if (answering) {
                    addAnswer(mask);
                }
            }
            case THOUGHT -> thought.mask(mask);
            case CLOSING -> {
                if (blanks == null) {
                    answer.mask(mask);
                } else {
                    blanks.mask(mask);
                    addAnswer(mask);
                }
            }
            case ANSWER -> answer.mask(mask);
        }
    }

    private void addAnswer(long[] mask) {
        other = other.length == mask.length ? other : new long[mask.length];
        answer.mask(other);
        for (int i = 0; i < mask.length; i++) {
            mask[i] |= other[i];
        }
    }

    @Override
    public boolean accept(int token) {
        return switch (stage) {
            case OPENING -> open(token);
            case THOUGHT -> {
                boolean accepted = thought.accept(token);
                stage = accepted && thought.mayEnd() ? Stage.CLOSING : stage;
                yield accepted;
            }
            case CLOSING -> {
                if (blanks != null && blanks.accept(token)) {
                    yield true;
                }
                boolean accepted = answer.accept(token);
                stage = accepted ? Stage.ANSWER : stage;
                yield accepted;
            }
            case ANSWER -> answer.accept(token);
        };
    }

    private boolean open(int token) {
        boolean answers = answering && answer.accept(token);
        if (opening.accept(token)) {
            answering = answers;
            stage = opening.mustEnd() ? Stage.THOUGHT : stage;
            return true;
        }
        stage = answers ? Stage.ANSWER : stage;
        return answers;
    }

    @Override
    public boolean mayEnd() {
        return stage != Stage.THOUGHT && answering(stage) && answer.mayEnd();
    }

    @Override
    public boolean mustEnd() {
        return stage == Stage.ANSWER && answer.mustEnd();
    }

    private boolean answering(Stage at) {
        return at != Stage.OPENING || answering;
    }

    @Override
    public byte[] forced(int most) {
        return stage == Stage.ANSWER ? answer.forced(most) : new byte[0];
    }
}
