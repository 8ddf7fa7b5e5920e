package dev.llmadapt.spark;

import dev.llmadapt.pilot.rows.RowAnswerer;
import dev.llmadapt.pilot.saved.SavedStrategy;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Answers to the rows of a dataset, by a model that each executor opens once and all of its tasks share.
 *
 * <pre>{@code
 * RowAnswers answers = RowAnswers.of(
 *         () -> LocalModel.open(Path.of("/models/qwen2.5-0.5b"), ModelOptions.defaults()),
 *         text -> Request.of("Write a title: " + text));
 * Dataset<Row> titled = answers.answer(articles, "body");
 * }</pre>
 *
 * <p>Three columns are added: {@value #ANSWER}, a text; {@value #PROBABILITY}, that of a label where the model tells
 * it; {@value #ERROR}, why a row has no answer: its text is empty or null, too long, or the answer is cut off where it
 * had to be whole. A row that fails stops no others. A model that cannot be asked at all, such as one on a server that
 * is gone, fails the task, which Spark then tries again; an attempt in the same executor goes on after the batch that
 * the one before it answered last.
 *
 * <p>Rows are asked in batches, and all tasks of an executor ask the same engine at once. Give a model as many threads
 * as an executor has cores ({@code spark.executor.cores}), and set {@code spark.task.cpus} to as many where one task is
 * to feed one engine.
 *
 * <p>Immutable, and to be made once for a model: executors keep a model for each of these objects and its copies, open
 * until no task has needed it for {@link #keepOpen}. As Spark's datasets it does nothing before an action is run, and
 * asks again each time: {@code cache} or write the result.
 */
public final class RowAnswers implements Serializable {
    /** The column of answers. */
    public static final String ANSWER = "answer";

    /** The column of the probabilities of labels. */
    public static final String PROBABILITY = "probability";

    /** The column of errors. */
    public static final String ERROR = "error";

    private static final StructType ADDED = new StructType()
            .add(ANSWER, DataTypes.StringType, true)
            .add(PROBABILITY, DataTypes.DoubleType, true)
            .add(ERROR, DataTypes.StringType, true);

    @Serial
    private static final long serialVersionUID = 1L;

    /** Opens what answers; serializable as it stands here. */
    @FunctionalInterface
    interface Opening extends Supplier<RowAnswerer>, Serializable {}

    private final String key;
    private final Opening opening;
    private final int batchSize;
    private final Duration keepOpen;

    private RowAnswers(String key, Opening opening, int batchSize, Duration keepOpen) {
        this.key = key;
        this.opening = opening;
        this.batchSize = batchSize;
        this.keepOpen = keepOpen;
    }

    private static RowAnswers of(Opening opening) {
        return new RowAnswers(UUID.randomUUID().toString(), opening, 32, Duration.ofMinutes(5));
    }

    /**
     * Answers by a model. An executor that has opened it asks about a short text first, for one token: a model that
     * does not take that, since it has no such adapter or takes no such schema, fails the task instead of every row. A
     * function that itself fails on the text is not asked so.
     *
     * @param source opens it in an executor
     * @param request what is asked about a text
     */
    public static RowAnswers of(ModelSource source, TextRequest request) {
        Objects.requireNonNull(source, "source must not be null");
        Objects.requireNonNull(request, "request must not be null");
        return of(() -> opened(source, request));
    }

    private static RowAnswerer opened(ModelSource source, TextRequest request) {
        RowAnswerer opened = new RowAnswerer(source.open(), request::of);
        try {
            if (takesAnyText(request)) {
                opened.requireAnswering();
            }
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /** Whether texts may be of any form; a function may expect, say, JSON. */
    private static boolean takesAnyText(TextRequest request) {
        try {
            request.of(RowAnswerer.SHORT_TEXT);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /**
     * Answers by a strategy that a pilot chose, as its folder was saved: with the labels of the task's files.
     *
     * @param saved the folder
     * @param base opens the language model that the strategy was measured on; asked only where it needs one
     */
    public static RowAnswers ofStrategy(Broadcast<FolderBytes> saved, ModelSource base) {
        Objects.requireNonNull(saved, "saved must not be null");
        Objects.requireNonNull(base, "base must not be null");
        return of(() -> RowAnswerer.of(SavedStrategy.load(saved.value().unpacked()), base::open));
    }

    /** These answers with batches of another size: rows that a task asks together, in [1, 4096]; 32 by default. */
    public RowAnswers withBatchSize(int batchSize) {
        if (batchSize < 1 || batchSize > 4096) {
            throw new IllegalArgumentException("batchSize must be in [1, 4096], got " + batchSize);
        }
        return new RowAnswers(key, opening, batchSize, keepOpen);
    }

    /**
     * These answers with another time for which a model stays open in an executor while no task needs it; five minutes
     * by default.
     */
    public RowAnswers withKeepOpen(Duration keepOpen) {
        if (keepOpen.isNegative()) {
            throw new IllegalArgumentException("keepOpen must not be negative, got " + keepOpen);
        }
        return new RowAnswers(key, opening, batchSize, keepOpen);
    }

    /** The rows that a task asks together. */
    public int batchSize() {
        return batchSize;
    }

    /** How long a model stays open in an executor while no task needs it. */
    public Duration keepOpen() {
        return keepOpen;
    }

    /**
     * The rows with their answers.
     *
     * @param rows not changed
     * @param column the texts, a column of the type string
     * @throws IllegalArgumentException if there is no such column or there are several, it has another type, or there
     *     is one of the columns that are to be added
     */
    public Dataset<Row> answer(Dataset<Row> rows, String column) {
        StructType schema = rows.schema();
        List<String> names = Arrays.asList(schema.fieldNames());
        int text = names.indexOf(column);
        if (text < 0) {
            throw new IllegalArgumentException("there is no column '" + column + "', found " + names);
        }
        if (text != names.lastIndexOf(column)) {
            throw new IllegalArgumentException("there are several columns '" + column + "' in " + names
                    + "; rename them before, so that it is clear which one is meant");
        }
        if (!schema.fields()[text].dataType().equals(DataTypes.StringType)) {
            throw new IllegalArgumentException("the column '" + column + "' must be of the type string, got "
                    + schema.fields()[text].dataType().simpleString());
        }
        for (String added : ADDED.fieldNames()) {
            if (names.stream().anyMatch(added::equalsIgnoreCase)) {
                throw new IllegalArgumentException("there is a column '" + added
                        + "' already, which is to be added; rename it with withColumnRenamed");
            }
        }
        StructType all = schema;
        for (var field : ADDED.fields()) {
            all = all.add(field);
        }
        return rows.mapPartitions(new PartitionFunction(key, opening, batchSize, keepOpen, text), Encoders.row(all));
    }
}
