package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the proposing model reads, and how its text becomes an instruction. */
final class Proposals {
    private static final int MAX_INPUT = 400;
    private static final int MAX_INSTRUCTION = 1_500;
    private static final Pattern FENCED = Pattern.compile("```[a-z]*\\n?(.*?)```", Pattern.DOTALL);
    private static final Pattern HEADING =
            Pattern.compile("^\\W*(improved |new )?(instruction|prompt)s?\\W*:\\W*", Pattern.CASE_INSENSITIVE);
    private static final List<String> TIPS = List.of(
            "Say in a few plain words what to do.",
            "Name what is easily confused, and how to tell it apart.",
            "Say who the model is, and for whom it works.",
            "Say what in an input decides the answer.",
            "Say step by step what to look at.");

    private Proposals() {}

    /**
     * One failure that the reflecting model reads.
     *
     * @param example an example
     * @param answered what the model answered
     */
    record Failure(Example example, String answered) {}

    /** Asks what the data are like. */
    static Request summary(Task task, List<Example> examples, long seed) {
        return request(
                about(task, task.instruction()) + shown(examples)
                        + "Describe in two or three sentences what these inputs are like and what decides the answer.",
                seed);
    }

    /** Asks for an instruction, from a summary of the data, examples and a tip. */
    static Request instruction(Task task, String summary, List<Example> examples, int number, long seed) {
        return request(
                about(task, task.instruction()) + "About the data: " + cut(summary, MAX_INSTRUCTION) + "\n\n"
                        + shown(examples) + "Write a better instruction for a language model that does this task. "
                        + TIPS.get(number % TIPS.size()) + " Write nothing but the instruction.",
                seed);
    }

    /** Asks for an instruction that avoids the failures of another one. */
    static Request reflection(Task task, String instruction, List<Failure> failures, long seed) {
        StringBuilder text = new StringBuilder(about(task, instruction));
        text.append("With this instruction a language model answered wrongly:\n\n");
        for (Failure failure : failures) {
            text.append("Input: ").append(cut(failure.example().input(), MAX_INPUT));
            text.append("\nIt answered: ").append(cut(failure.answered(), MAX_INPUT));
            text.append("\nRight is: ")
                    .append(cut(failure.example().output(), MAX_INPUT))
                    .append("\n\n");
        }
        text.append("Find out why, and write a better instruction that says what these failures show about the task.")
                .append(" Do not repeat the inputs. Write nothing but the instruction.");
        return request(text.toString(), seed);
    }

    private static String about(Task task, String instruction) {
        String labels = task.labels().isEmpty() ? "" : "Answers: " + String.join(", ", task.labels()) + "\n";
        return "A task for a language model.\nInstruction: " + instruction + "\n" + labels + "\n";
    }

    private static String shown(List<Example> examples) {
        StringBuilder text = new StringBuilder();
        for (Example example : examples) {
            text.append("Input: ").append(cut(example.input(), MAX_INPUT));
            text.append("\nAnswer: ").append(cut(example.output(), MAX_INPUT)).append("\n\n");
        }
        return text.toString();
    }

    private static Request request(String text, long seed) {
        return Request.of(Message.system("You write instructions for language models."), Message.user(text))
                .withOptions(GenerationOptions.defaults()
                        .withMaxTokens(160)
                        .withTemperature(0.7)
                        .withTopP(0.9)
                        .withSeed(seed));
    }

    private static String cut(String text, int most) {
        String stripped = text.strip();
        return stripped.length() <= most ? stripped : stripped.substring(0, most) + "...";
    }

    /** The instruction that a proposing model wrote; empty where it wrote none. */
    static String read(String written) {
        Matcher fenced = FENCED.matcher(written);
        String text = (fenced.find() ? fenced.group(1) : written).strip();
        text = HEADING.matcher(text).replaceFirst("").strip();
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1).strip();
        }
        return text.length() > MAX_INSTRUCTION ? "" : text;
    }
}
