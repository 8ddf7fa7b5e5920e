package dev.llmadapt.local.decoding;

/**
 * Parts the text of an answer, as it comes, into the thought that it may begin with and what follows. White space
 * around both is left out. Not thread-safe.
 */
final class ThoughtSplit {
    private enum Stage {
        /** A thought may begin. */
        START,
        THOUGHT,
        /** White space after the thought. */
        AFTER,
        ANSWER
    }

    /** The most white space before a thought, as a constraint has it, too. */
    private static final int MAX_BLANKS = 20;

    private final String begin;
    private final String end;
    private final boolean stripped;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder thought = new StringBuilder(); // what nobody has taken yet
    private boolean thinking; // some of the thought has come
    private Stage stage;

    /**
     * The beginning of an answer.
     *
     * @param begin the marker before a thought
     * @param end the marker after it
     * @param opened whether the thought has begun
     * @param stripped whether white space after the thought is left out; else it is the answer's
     */
    ThoughtSplit(String begin, String end, boolean opened, boolean stripped) {
        this.begin = begin;
        this.end = end;
        this.stripped = stripped;
        this.stage = opened ? Stage.THOUGHT : Stage.START;
    }

    /** Adds text; returns what of the answer became final with it. */
    String add(String piece) {
        held.append(piece);
        if (stage == Stage.START) {
            start();
        }
        if (stage == Stage.THOUGHT) {
            think();
        }
        if (stage == Stage.AFTER) {
            held.delete(0, stripped ? blanks(held) : 0);
            stage = held.length() > 0 ? Stage.ANSWER : stage;
        }
        return stage == Stage.ANSWER ? take(held.length()) : "";
    }

    private void start() {
        String rest = held.substring(blanks(held));
        if (rest.startsWith(begin) && held.length() - rest.length() <= MAX_BLANKS) {
            held.setLength(0);
            held.append(rest, begin.length(), rest.length());
            stage = Stage.THOUGHT;
        } else if (!begin.startsWith(rest) || held.length() - rest.length() > MAX_BLANKS) {
            stage = Stage.ANSWER;
        }
    }

    private void think() {
        if (!thinking) {
            held.delete(0, blanks(held));
        }
        int at = held.indexOf(end);
        int to = withoutBlanks(at >= 0 ? at : held.length() - endBegun());
        thought.append(held, 0, to);
        thinking |= to > 0;
        held.delete(0, at >= 0 ? at + end.length() : to);
        stage = at >= 0 ? Stage.AFTER : stage;
    }

    /** The length of the longest end of the held text that is the beginning of the marker. */
    private int endBegun() {
        int length = Math.min(end.length() - 1, held.length());
        while (!end.startsWith(held.substring(held.length() - length))) {
            length--;
        }
        return length;
    }

    private int withoutBlanks(int to) {
        int at = to;
        while (at > 0 && isBlank(held.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** Ends the answer; returns what was held of it. */
    String finish() {
        if (stage == Stage.THOUGHT) {
            thought.append(take(withoutBlanks(held.length())));
            held.setLength(0);
        }
        return stage == Stage.START ? take(held.length()) : "";
    }

    private String take(int length) {
        String taken = held.substring(0, length);
        held.delete(0, length);
        return taken;
    }

    /** Returns what became final of the thought since the last call. */
    String takeThought() {
        String taken = thought.toString();
        thought.setLength(0);
        return taken;
    }

    /** Whether text is held that may yet be final. */
    boolean holds() {
        return held.length() > 0;
    }

    private static int blanks(CharSequence text) {
        int at = 0;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return " \t\r\n".indexOf(c) >= 0;
    }
}
