package dev.llmadapt.peft.data;

import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.util.List;

/** A prompt with what people think of answers to it. */
public sealed interface PreferenceExample {
    /** Its name in reports and errors, not blank. */
    String id();

    /**
     * The messages before the answer: at least one, the last one not the assistant's, a system message only in the
     * first place, none blank but that one.
     */
    List<Message> prompt();

    /** The line where it begins in its file, from 1; 0 if it is from no file. */
    long line();

    /** Its name and place, as {@code 'id' (line 7)}, and not its texts: they do not belong into logs. */
    default String place() {
        return "'" + id() + "'" + (line() > 0 ? " (line " + line() + ")" : "");
    }

    /**
     * Two answers of which one is better.
     *
     * @param chosen the better one, not blank
     * @param rejected the worse one, not blank, another text
     */
    record Pair(String id, List<Message> prompt, String chosen, String rejected, long line)
            implements PreferenceExample {
        /** Checks and copies. */
        public Pair {
            prompt = checked(id, prompt, line);
            filled("chosen", chosen);
            filled("rejected", rejected);
            if (chosen.equals(rejected)) {
                throw new IllegalArgumentException("chosen and rejected are the same text, so neither is better");
            }
        }

        @Override
        public String toString() {
            return place();
        }
    }

    /**
     * An answer that somebody liked or did not.
     *
     * @param completion the answer, not blank
     * @param label whether it is desirable
     */
    record Judged(String id, List<Message> prompt, String completion, boolean label, long line)
            implements PreferenceExample {
        /** Checks and copies. */
        public Judged {
            prompt = checked(id, prompt, line);
            filled("completion", completion);
        }

        @Override
        public String toString() {
            return place();
        }
    }

    private static List<Message> checked(String id, List<Message> prompt, long line) {
        require(!id.isBlank(), "id must not be blank");
        require(line >= 0, "line must not be negative, line: " + line);
        require(!prompt.isEmpty(), "the prompt has no message");
        for (int i = 0; i < prompt.size(); i++) {
            Role role = prompt.get(i).role();
            require(
                    role != Role.SYSTEM || i == 0,
                    "message " + (i + 1) + " is a system message, only the first may be");
            require(
                    role == Role.SYSTEM || !prompt.get(i).content().isBlank(),
                    "message " + (i + 1) + " of the prompt (" + role.key() + ") is blank");
        }
        Role last = prompt.get(prompt.size() - 1).role();
        require(
                last == Role.USER || last == Role.TOOL,
                "the prompt must end with a message of the user or a tool, got one of the role " + last.key());
        return List.copyOf(prompt);
    }

    private static void filled(String field, String text) {
        require(!text.isBlank(), field + " is blank");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
