package dev.llmadapt.flink;

import dev.llmadapt.pilot.rows.RowAnswer;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Where the parts of an answer are in the output of a model. Immutable.
 *
 * @param count of all columns
 * @param answer the index of the answer
 * @param probability the index of the probability, negative for none
 * @param error the index of the error, negative for none
 */
record Columns(int count, int answer, int probability, int error) implements Serializable {
    static final String PROBABILITY = "probability";

    /** As newer providers of Flink and its HTTP connector call it. */
    static final String ERROR = "error-string";

    private static final String EXPECTED = "; a model of llm-adapt has the input of one STRING, and the output of one"
            + " STRING of any name, '" + PROBABILITY + "' DOUBLE and '" + ERROR + "' STRING, of which the last two may"
            + " be left out";

    /**
     * Finds them.
     *
     * @param probabilities whether answers have some
     * @throws IllegalArgumentException if there are others, or one of them would always be null
     */
    static Columns of(ResolvedCatalogModel model, ErrorHandlingStrategy onError, boolean probabilities) {
        List<Column> input = model.getResolvedInputSchema().getColumns();
        if (input.size() != 1 || !type(input.get(0)).is(LogicalTypeFamily.CHARACTER_STRING)) {
            throw new IllegalArgumentException("the input is " + input + EXPECTED);
        }
        List<Column> output = model.getResolvedOutputSchema().getColumns();
        int answer = -1;
        int probability = -1;
        int error = -1;
        for (int i = 0; i < output.size(); i++) {
            Column column = output.get(i);
            LogicalType type = type(column);
            boolean isString =
                    type.is(LogicalTypeRoot.VARCHAR) && ((VarCharType) type).getLength() == VarCharType.MAX_LENGTH;
            if (column.getName().equals(PROBABILITY) && type.is(LogicalTypeRoot.DOUBLE) && type.isNullable()) {
                probability = i;
            } else if (column.getName().equals(ERROR) && isString && type.isNullable()) {
                error = i;
            } else if (isString && answer < 0 && !column.getName().equals(ERROR)) {
                answer = i;
            } else {
                throw new IllegalArgumentException("the output has the column " + column + EXPECTED);
            }
        }
        if (answer < 0) {
            throw new IllegalArgumentException("the output has no column for the answer, only " + output + EXPECTED);
        }
        if (probability >= 0 && !probabilities) {
            throw new IllegalArgumentException("the column '" + PROBABILITY + "' is for labels; set 'labels' or"
                    + " 'strategy', or leave the column out");
        }
        boolean ignore = onError == ErrorHandlingStrategy.IGNORE;
        if (error >= 0 && !ignore) {
            throw new IllegalArgumentException("the column '" + ERROR + "' is for rows that fail; set"
                    + " 'error-handling-strategy' to 'ignore', or leave the column out");
        }
        if (error >= 0 && !type(output.get(answer)).isNullable()) {
            throw new IllegalArgumentException("the answer of a row that fails is null, but the column is "
                    + output.get(answer) + "; leave NOT NULL out");
        }
        return new Columns(output.size(), answer, probability, error);
    }

    private static LogicalType type(Column column) {
        return column.getDataType().getLogicalType();
    }

    /** The output for a row. */
    RowData row(RowAnswer answered) {
        GenericRowData row = new GenericRowData(count);
        row.setField(answer, StringData.fromString(answered.answer()));
        if (probability >= 0) {
            row.setField(probability, answered.probability());
        }
        if (error >= 0) {
            row.setField(error, StringData.fromString(answered.error()));
        }
        return row;
    }
}
