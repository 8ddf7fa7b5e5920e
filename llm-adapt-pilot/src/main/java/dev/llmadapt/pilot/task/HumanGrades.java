package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Grades that people gave to answers, for a judge to be compared with.
 *
 * @param grades one an answer, at least two
 */
public record HumanGrades(List<Graded> grades) {
    /** Refuses fewer than two and copies the list. */
    public HumanGrades {
        grades = List.copyOf(grades);
        if (grades.size() < 2) {
            throw new IllegalArgumentException("agreement needs at least two grades, got " + grades.size());
        }
    }

    /**
     * A graded answer.
     *
     * @param example the question with its right answer
     * @param answer what was answered
     * @param grade from 1, worst, to 5, best
     */
    public record Graded(Example example, String answer, double grade) {
        /** Refuses a grade outside of the scale. */
        public Graded {
            if (!(grade >= 1 && grade <= 5)) {
                throw new IllegalArgumentException("a grade must be in [1, 5], got " + grade);
            }
        }
    }

    /**
     * Reads a table with the columns {@code id} or {@code input} (of a test example), {@code answer} and {@code grade}.
     *
     * @param tests the test examples
     * @throws dev.llmadapt.LlmAdaptException if a column is missing, a question is no test example's, or a grade is
     *     none, naming the line
     */
    public static HumanGrades read(Path file, List<Example> tests) {
        Table table = Table.read(file);
        int id = table.indexOf("id");
        int input = table.indexOf("input");
        int answer = table.indexOf("answer");
        int grade = table.indexOf("grade");
        if ((id < 0 && input < 0) || answer < 0 || grade < 0) {
            throw new TaskFileException(
                    file, "expected the columns id or input, answer, grade, found columns " + table.columns());
        }
        Map<String, Example> known = new HashMap<>();
        tests.forEach(
                example -> known.put(id >= 0 ? example.id() : example.input().strip(), example));
        List<Graded> grades = new ArrayList<>();
        for (Table.Row row : table.rows()) {
            String asked = row.cells().get(id >= 0 ? id : input).strip();
            Example example = known.get(asked);
            if (example == null) {
                throw new TaskFileException(
                        file,
                        row.line(),
                        "'" + asked + "' is " + (id >= 0 ? "the id" : "the input") + " of no test example");
            }
            grades.add(new Graded(example, row.cells().get(answer), number(file, row, grade)));
        }
        try {
            return new HumanGrades(grades);
        } catch (IllegalArgumentException e) {
            throw new TaskFileException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static double number(Path file, Table.Row row, int column) {
        String cell = row.cells().get(column).strip();
        double grade;
        try {
            grade = Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            throw new TaskFileException(file, row.line(), "a grade must be a number from 1 to 5, got '" + cell + "'");
        }
        if (!(grade >= 1 && grade <= 5)) {
            throw new TaskFileException(file, row.line(), "a grade must be a number from 1 to 5, got '" + cell + "'");
        }
        return grade;
    }
}
