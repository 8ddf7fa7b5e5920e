package dev.llmadapt.flink;

import java.io.Serial;
import java.util.Collection;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.PredictFunction;

/** Answers rows one by one. Made by {@link LlmAdaptModelProviderFactory}; public for the code that Flink generates. */
public final class AnswerFunction extends PredictFunction {
    @Serial
    private static final long serialVersionUID = 1L;

    private final RowAnswering rows;

    AnswerFunction(RowAnswering rows) {
        this.rows = rows;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        super.open(context);
        rows.open();
    }

    @Override
    public Collection<RowData> predict(RowData row) {
        return rows.answer(RowAnswering.text(row));
    }

    @Override
    public void close() throws Exception {
        rows.close();
        super.close();
    }
}
