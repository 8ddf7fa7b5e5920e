package dev.llmadapt.spark;

import dev.llmadapt.pilot.rows.Leases;
import dev.llmadapt.pilot.rows.RowAnswer;
import java.io.Serial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/** Answers the rows of a partition, batch by batch, as they are asked for. */
final class PartitionFunction implements MapPartitionsFunction<Row, Row> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String key;
    private final RowAnswers.Opening opening;
    private final int batchSize;
    private final Duration keepOpen;
    private final int column;

    PartitionFunction(String key, RowAnswers.Opening opening, int batchSize, Duration keepOpen, int column) {
        this.key = key;
        this.opening = opening;
        this.batchSize = batchSize;
        this.keepOpen = keepOpen;
        this.column = column;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TaskContext task = TaskContext.get();
        Leases<String, ExecutorModel>.Lease lease =
                ExecutorModel.OPEN.lease(key, () -> new ExecutorModel(opening.get(), new PartitionMemory()), keepOpen);
        task.addTaskCompletionListener((TaskCompletionListener) ended -> lease.close());
        return new Answers(rows, task, lease);
    }

    private final class Answers implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final TaskContext context;
        private final Leases<String, ExecutorModel>.Lease lease;
        private final PartitionMemory.Task task;
        private Iterator<Row> ready = List.<Row>of().iterator();
        private int done;

        Answers(Iterator<Row> rows, TaskContext context, Leases<String, ExecutorModel>.Lease lease) {
            this.rows = rows;
            this.context = context;
            this.lease = lease;
            this.task = new PartitionMemory.Task(context.stageId(), context.partitionId());
        }

        @Override
        public boolean hasNext() {
            if (!ready.hasNext() && rows.hasNext()) {
                ready = batch().iterator();
            }
            if (ready.hasNext()) {
                return true;
            }
            if (done > 0) {
                lease.get().memory().forget(task);
            }
            return false;
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.next();
        }

        private List<Row> batch() {
            if (context.isInterrupted()) {
                throw new TaskKilledException("killed before a batch was asked");
            }
            List<Row> batch = new ArrayList<>(batchSize);
            List<String> texts = new ArrayList<>(batchSize);
            while (batch.size() < batchSize && rows.hasNext()) {
                Row row = rows.next();
                batch.add(row);
                texts.add(row.isNullAt(column) ? "" : row.getString(column));
            }
            List<RowAnswer> answers = known(texts).orElseGet(() -> asked(texts));
            List<Row> answered = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                answered.add(with(batch.get(i), answers.get(i)));
            }
            done += batch.size();
            return answered;
        }

        /** What an attempt before this one answered, if it is the whole batch. */
        private Optional<List<RowAnswer>> known(List<String> texts) {
            List<RowAnswer> known = new ArrayList<>(texts.size());
            for (int i = 0; i < texts.size(); i++) {
                Optional<RowAnswer> one = lease.get().memory().find(task, done + i, texts.get(i));
                if (one.isEmpty()) {
                    return Optional.empty();
                }
                known.add(one.get());
            }
            return Optional.of(known);
        }

        private List<RowAnswer> asked(List<String> texts) {
            try {
                List<RowAnswer> answers = lease.get().answerer().answer(texts);
                lease.get().memory().keep(task, done, answers);
                return answers;
            } catch (CancellationException e) {
                TaskKilledException killed = new TaskKilledException("interrupted while a batch was answered");
                killed.addSuppressed(e);
                throw killed;
            }
        }

        private Row with(Row row, RowAnswer answer) {
            Object[] values = new Object[row.length() + 3];
            for (int i = 0; i < row.length(); i++) {
                values[i] = row.get(i);
            }
            values[row.length()] = answer.answer();
            values[row.length() + 1] = answer.probability();
            values[row.length() + 2] = answer.error();
            return RowFactory.create(values);
        }
    }
}
