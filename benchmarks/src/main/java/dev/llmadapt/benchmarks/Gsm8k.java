package dev.llmadapt.benchmarks;

import com.google.gson.Gson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GSM8K (Cobbe et al. 2021): word problems of school mathematics, each with one number as its answer. */
final class Gsm8k {
    private static final String REFERENCE = "#### ";

    /** A number as people write it: a sign where nothing is subtracted, a currency, commas, decimals. */
    private static final Pattern NUMBER =
            Pattern.compile("(?:(?<![\\w)])[-\u2212])?[$\u20ac\u00a3]?(?:[0-9][0-9,]*(?:\\.[0-9]+)?|\\.[0-9]+)");

    private Gsm8k() {}

    /**
     * A problem.
     *
     * @param question its text
     * @param answer the solution, whose last line is {@code ####} and the number
     */
    record Problem(String question, String answer) {
        /** The number of the last line, which is read strictly. */
        BigDecimal reference() {
            int at = answer.lastIndexOf(REFERENCE);
            if (at < 0) {
                throw new IllegalArgumentException("a solution ends with '" + REFERENCE + "NUMBER', got: " + answer);
            }
            return new BigDecimal(
                    answer.substring(at + REFERENCE.length()).strip().replace(",", ""));
        }
    }

    /** Reads the problems of a file, one JSON object a line. */
    static List<Problem> read(Path file) throws IOException {
        Gson gson = new Gson();
        List<Problem> problems = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank()) {
                problems.add(gson.fromJson(line, Problem.class));
            }
        }
        return problems;
    }

    /** The indices of some problems, drawn by a seed; those of fewer problems are the first of more. */
    static List<Integer> draw(int problems, int count, long seed) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < problems; i++) {
            indices.add(i);
        }
        Collections.shuffle(indices, new Random(seed));
        return List.copyOf(indices.subList(0, Math.min(count, problems)));
    }

    /** The answer that a text gives: its last number; empty where there is none. */
    static Optional<BigDecimal> answer(String text) {
        Optional<BigDecimal> last = Optional.empty();
        Matcher matcher = NUMBER.matcher(text);
        while (matcher.find()) {
            String number = matcher.group().replaceAll("[$\u20ac\u00a3,]", "").replace('\u2212', '-');
            last = Optional.of(new BigDecimal(number));
        }
        return last;
    }

    /** Whether a text gives the reference of a problem, whatever the decimals: 18 is 18.00. */
    static boolean right(Problem problem, String text) {
        return answer(text)
                .map(number -> number.compareTo(problem.reference()) == 0)
                .orElse(false);
    }

    /**
     * Reads the answers of all solutions as those of a model are read.
     *
     * @return a line that says so
     * @throws IllegalStateException if one is not the reference
     */
    static String checked(List<Problem> problems) {
        for (Problem problem : problems) {
            if (!right(problem, problem.answer())) {
                throw new IllegalStateException("the answer " + answer(problem.answer()) + " is read, the reference is "
                        + problem.reference() + ", in: " + problem.answer());
            }
        }
        return String.format(
                Locale.ROOT, "the answers read from all %,d solutions are the references", problems.size());
    }
}
