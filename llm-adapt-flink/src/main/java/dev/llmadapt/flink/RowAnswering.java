package dev.llmadapt.flink;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.pilot.rows.Leases;
import dev.llmadapt.pilot.rows.RowAnswer;
import dev.llmadapt.pilot.rows.RowAnswerer;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a function does with a row, one by one or several at a time. Travels closed; open, thread-safe. */
final class RowAnswering implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The models of this task manager. */
    static final Leases<List<Object>, RowAnswerer> OPEN = new Leases<>("flink-clock", RowAnswerer::close);

    private static final Logger LOG = LoggerFactory.getLogger(RowAnswering.class);

    private final Opening opening;
    private final Question question;
    private final Columns columns;
    private final ErrorHandlingStrategy onError;
    private transient @Nullable Opened opened;

    /** A model for the time of a function. */
    private record Opened(Leases<List<Object>, RowAnswerer>.Lease lease, RowAnswerer asked) {}

    RowAnswering(Opening opening, Question question, Columns columns, ErrorHandlingStrategy onError) {
        this.opening = opening;
        this.question = question;
        this.columns = columns;
        this.onError = onError;
    }

    /** What opens the model. */
    Opening opening() {
        return opening;
    }

    /** Opens the model, or waits for the function that does. */
    void open() {
        Leases<List<Object>, RowAnswerer>.Lease lease =
                OPEN.lease(List.of(opening, opening.version()), opening::open, opening.keepOpen());
        try {
            RowAnswerer asked = question.ask(lease.get());
            if (!question.strategy()) { // which has been measured
                asked.requireAnswering();
            }
            opened = new Opened(lease, asked);
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    /** The text of a row, empty where it is null. */
    static String text(RowData row) {
        return row.isNullAt(0) ? "" : row.getString(0).toString();
    }

    /**
     * The output for a row: one, or none where the row fails and is left out.
     *
     * @throws LlmAdaptException if the row fails and the job shall, or the model cannot be asked at all
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    Collection<RowData> answer(String text) {
        Opened open = opened;
        if (open == null) {
            throw new IllegalStateException("the function is not open");
        }
        long start = System.nanoTime();
        RowAnswer answer = inTime(open.asked().answer(List.of(text)).get(0), System.nanoTime() - start);
        if (answer.error() == null || columns.error() >= 0) {
            return List.of(columns.row(answer));
        }
        if (onError == ErrorHandlingStrategy.FAILOVER) {
            throw new LlmAdaptException("a row cannot be answered: " + answer.error()
                    + "; with 'error-handling-strategy' = 'ignore' and the output column '" + Columns.ERROR
                    + "' the job goes on");
        }
        LOG.warn("left out a row that cannot be answered: {}", answer.error());
        return List.of();
    }

    /** The answer, unless it came after its time: a model looks at the clock between steps only. */
    private RowAnswer inTime(RowAnswer answer, long nanos) {
        Duration limit = question.timeout();
        boolean late = !limit.isZero() && limit.compareTo(Duration.ofNanos(nanos)) < 0;
        return late && answer.error() == null ? RowAnswer.failed(answer.text(), RowAnswerer.late(limit)) : answer;
    }

    /** Gives the model back; a second call has no effect. */
    void close() {
        Opened open = opened;
        opened = null;
        if (open != null) {
            try {
                if (!question.strategy()) {
                    open.asked().close(); // a layer of its own
                }
            } finally {
                open.lease().close();
            }
        }
    }
}
