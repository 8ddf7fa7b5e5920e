package dev.llmadapt.cli.prompts;

import dev.llmadapt.Message;
import java.util.List;
import java.util.Optional;

/**
 * The answers of all prompts and models to all tests, with what the assertions say of them.
 *
 * @param suite what was asked
 * @param columns the pairs of a prompt and a model, in the order of the cells of a row
 * @param rows the cells of each test
 */
public record SuiteResult(PromptSuite suite, List<Column> columns, List<List<Cell>> rows) {
    /** A prompt on a model. */
    public record Column(PromptSuite.Prompt prompt, PromptSuite.Provider provider) {
        /** The whole name. */
        public String label() {
            return prompt.label() + " · " + provider.label();
        }
    }

    /**
     * The names of the columns in tables: a model that is called by its path has the part that tells it from others.
     */
    public List<String> heads() {
        List<PromptSuite.Provider> providers =
                columns.stream().map(Column::provider).distinct().toList();
        List<String> names = ShortNames.of(
                providers.stream().map(PromptSuite.Provider::label).toList());
        return columns.stream()
                .map(column -> column.prompt().label() + " · " + names.get(providers.indexOf(column.provider())))
                .toList();
    }

    /**
     * A test of a prompt on a model.
     *
     * @param messages what was asked
     * @param answer the answer; empty where the model refused
     * @param trouble why the model refused, or an assertion could not be measured; else empty
     * @param checks what the assertions say; empty where there is trouble
     * @param score the mean of their scores by weight, in [0, 1]
     * @param passed whether the test is passed
     */
    public record Cell(
            List<Message> messages,
            Optional<Answered> answer,
            String trouble,
            List<Checked> checks,
            double score,
            boolean passed) {}

    /**
     * What an assertion says, or a set of them.
     *
     * @param assertion the assertion
     * @param passed whether it is kept; one of weight 0 counts as kept
     * @param score how well, in [0, 1]
     * @param reason what was expected and found, where it is not kept
     * @param parts what the assertions of a set say; empty for an assertion
     */
    public record Checked(Asserted assertion, boolean passed, double score, String reason, List<Checked> parts) {}

    /** The number of cells of a column that passed. */
    public long passed(int column) {
        return rows.stream().filter(row -> row.get(column).passed()).count();
    }

    /** Whether all tests passed. */
    public boolean allPassed() {
        return rows.stream().allMatch(row -> row.stream().allMatch(Cell::passed));
    }
}
