package dev.llmadapt.prompting.question;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** A question about a text, with all its possible answers. */
public sealed interface Question {
    /** What is asked. */
    String instructions();

    /** The possible answers as a model writes them, at least two, all different. */
    List<String> answers();

    /** What each possible answer means, in their order; empty where its text says it. */
    List<String> meanings();

    /**
     * A question that is answered by yes or no.
     *
     * @param instructions what is asked
     * @param yes when the answer is yes; may be empty
     * @param no when the answer is no; may be empty
     */
    record YesNo(String instructions, String yes, String no) implements Question {
        /** Refuses null and an empty question. */
        public YesNo {
            requireInstructions(instructions);
            Objects.requireNonNull(yes, "yes must not be null, empty where there is nothing to say");
            Objects.requireNonNull(no, "no must not be null, empty where there is nothing to say");
        }

        /** A question that says all. */
        public YesNo(String instructions) {
            this(instructions, "", "");
        }

        @Override
        public List<String> answers() {
            return List.of("yes", "no");
        }

        @Override
        public List<String> meanings() {
            return List.of(yes, no);
        }
    }

    /**
     * A question that is answered by one of several options.
     *
     * @param instructions what is asked
     * @param options the options with what each means, which may be empty, in their order; 2 to {@value #MOST_OPTIONS}
     */
    record Choice(String instructions, Map<String, String> options) implements Question {
        /** The most options. */
        public static final int MOST_OPTIONS = 255;

        /** Refuses an empty question, blank options, and too few or too many of them; copies them. */
        public Choice {
            requireInstructions(instructions);
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
            requireCount("options", options.size(), MOST_OPTIONS);
            options.forEach((option, meaning) -> {
                Objects.requireNonNull(meaning, "a meaning must not be null, empty where there is nothing to say");
                if (option.isBlank()) {
                    throw new IllegalArgumentException("an option must not be blank, question: " + instructions);
                }
            });
        }

        /** A question with options that say all. */
        public static Choice of(String instructions, List<String> options) {
            Map<String, String> named = new LinkedHashMap<>();
            for (String option : options) {
                if (named.put(option, "") != null) {
                    throw new IllegalArgumentException(
                            "the options of a question must differ, got '" + option + "' twice");
                }
            }
            return new Choice(instructions, named);
        }

        @Override
        public List<String> answers() {
            return List.copyOf(options.keySet());
        }

        @Override
        public List<String> meanings() {
            return List.copyOf(options.values());
        }
    }

    /**
     * A question that is answered by a level of a scale.
     *
     * @param instructions what is asked
     * @param levels what each level means, the lowest first, which is 0; 2 to {@value #MOST_LEVELS}, none blank
     */
    record Scale(String instructions, List<String> levels) implements Question {
        /** The most levels, so that each is one digit. */
        public static final int MOST_LEVELS = 10;

        /** Refuses an empty question, blank levels, and too few or too many of them; copies them. */
        public Scale {
            requireInstructions(instructions);
            levels = List.copyOf(levels);
            requireCount("levels", levels.size(), MOST_LEVELS);
            if (levels.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("a level must not be blank, levels: " + levels);
            }
        }

        @Override
        public List<String> answers() {
            return IntStream.range(0, levels.size()).mapToObj(Integer::toString).toList();
        }

        @Override
        public List<String> meanings() {
            return levels;
        }
    }

    private static void requireInstructions(String instructions) {
        if (Objects.requireNonNull(instructions, "instructions must not be null")
                .isBlank()) {
            throw new IllegalArgumentException("a question must say what is asked, got blank instructions");
        }
    }

    private static void requireCount(String what, int count, int most) {
        if (count < 2 || count > most) {
            throw new IllegalArgumentException("a question needs 2 to " + most + " " + what + ", got " + count);
        }
    }
}
