package dev.llmadapt.flink;

import java.io.Serial;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.jspecify.annotations.Nullable;

/**
 * Answers rows several at a time, each on a thread that waits for it, while the model writes all of them together.
 * Flink bounds how many there are: {@code max-concurrent-operations}. Made by {@link LlmAdaptModelProviderFactory};
 * public for the code that Flink generates.
 */
public final class AsyncAnswerFunction extends AsyncPredictFunction {
    @Serial
    private static final long serialVersionUID = 1L;

    private final RowAnswering rows;
    private transient @Nullable ExecutorService threads;

    AsyncAnswerFunction(RowAnswering rows) {
        this.rows = rows;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        super.open(context);
        rows.open();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "llm-adapt-flink");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public CompletableFuture<Collection<RowData>> asyncPredict(RowData row) {
        ExecutorService open = threads;
        if (open == null) {
            throw new IllegalStateException("the function is not open");
        }
        String text = RowAnswering.text(row); // Flink may use the row again
        return CompletableFuture.supplyAsync(() -> rows.answer(text), open);
    }

    /** Ends the answers under way, and gives the model back. */
    @Override
    public void close() throws Exception {
        ExecutorService open = threads;
        threads = null;
        try {
            if (open != null) {
                open.shutdownNow();
                var unused = open.awaitTermination(1, TimeUnit.MINUTES);
            }
        } finally {
            rows.close();
            super.close();
        }
    }
}
