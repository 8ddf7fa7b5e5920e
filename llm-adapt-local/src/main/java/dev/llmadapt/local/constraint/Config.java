package dev.llmadapt.local.constraint;

import org.jspecify.annotations.Nullable;

/**
 * What may come at a place in a text: threads, each inside a terminal with what follows it, and whether the text may
 * end. Made by {@link StackAutomaton}, where equal ones are mostly the same object.
 */
final class Config {
    final Regex[] regexes;
    final Continuation[] after;
    final boolean accepting;
    /** Bytes that may come, at most. */
    final ByteSet first;

    // What StackAutomaton and Masks remember of it.
    @Nullable
    Config @Nullable [] next;

    long @Nullable [] mask;

    @Nullable
    Boolean over;

    Config(Regex[] regexes, Continuation[] after, boolean accepting) {
        this.regexes = regexes;
        this.after = after;
        this.accepting = accepting;
        ByteSet bytes = ByteSet.NONE;
        for (Regex regex : regexes) {
            bytes = bytes.or(regex.first());
        }
        this.first = bytes;
    }

    int threads() {
        return regexes.length;
    }

    boolean isDead() {
        return regexes.length == 0 && !accepting;
    }

    /** The rules under way: who goes on when they end. */
    static final class Frame {
        final int id;
        final Continuation[] returns;

        Frame(int id, Continuation[] returns) {
            this.id = id;
            this.returns = returns;
        }
    }

    /** Where a text goes on after a terminal or a rule: a state of the grammar, in a frame. */
    static final class Continuation {
        final int id;
        /** The state, -1 for the end of the text. */
        final int state;

        final @Nullable Frame frame;

        /** What may come there, if nothing else may. */
        @Nullable
        Config config;

        Continuation(int id, int state, @Nullable Frame frame) {
            this.id = id;
            this.state = state;
            this.frame = frame;
        }
    }
}
