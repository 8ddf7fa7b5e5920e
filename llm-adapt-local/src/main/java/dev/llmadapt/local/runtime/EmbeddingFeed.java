package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.architecture.RowInputs;
import dev.llmadapt.local.architecture.TreeInputs;
import dev.llmadapt.local.graph.ElementType;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a graph of our own: embeddings, and how many tokens each row has. Its cache is updated in place. No
 * tensor is made in {@code step} but the first time a number of slots is used.
 *
 * @param <T> the tensors
 */
final class EmbeddingFeed<T> implements Feed {
    /** Runs of at least so many positions give back what the engine worked in, at the end of a text. */
    private static final int MANY = 64;

    private final DecoderGraph graph; // without weights
    private final Runner<T> runner;
    private final KeyValueCache<T> cache;
    private @Nullable Inputs steps; // for all slots
    private @Nullable Inputs read; // of the last, whose logits stay until the next call
    private @Nullable TreeOperands<T> noTree;
    private @Nullable TreeOperands<T> tree; // of the last read
    private @Nullable RowOperands<T> notByRow;
    private @Nullable RowOperands<T> byRow; // of the last read

    EmbeddingFeed(DecoderGraph graph, Runner<T> runner, KeyValueCache<T> cache) {
        this.graph = graph;
        this.runner = runner;
        this.cache = cache;
    }

    @Override
    public Logits read(int slot, int[] filled, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int past = filled[slot];
        int length = to - from;
        int wanted = to - logitsFrom;
        closeRead();
        Inputs inputs = new Inputs(1, length, wanted, logitsFrom - from);
        read = inputs;
        mix.embed(graph.embedding(), ids, from, to, inputs.embedded);
        graph.embedding().addPositions(past, length, inputs.embedded, 0);
        inputs.last(0, past + length - 1);
        Batch batch = inputs.batch(1, wanted);
        if (length >= MANY && to == ids.length) {
            batch.run.givesBack();
        }
        return batch.run(cache.row(slot), List.of(mix), past + length);
    }

    @Override
    public boolean readsTrees() {
        return graph.trees().isPresent();
    }

    @Override
    public Logits readTree(int slot, int[] filled, int[] ids, int from, TokenTree after, AdapterMix mix) {
        int past = filled[slot];
        int textRows = ids.length - from;
        int text = past + textRows;
        closeRead();
        Inputs inputs = new Inputs(1, textRows + after.size(), 1 + after.size(), textRows - 1);
        read = inputs;
        tree = TreeOperands.of(runner.backend(), graph.trees().orElseThrow(), after, textRows, text, leastGroups());
        mix.embed(graph.embedding(), ids, from, ids.length, inputs.embedded);
        mix.embed(graph.embedding(), after.tokens(), 0, after.size(), inputs.embedded);
        graph.embedding().addPositions(past, textRows, inputs.embedded, 0);
        for (int node = 0; node < after.size(); node++) {
            int at = (textRows + node) * graph.hiddenSize();
            graph.embedding().addPositions(text + after.depth(node), 1, inputs.embedded, at);
        }
        inputs.last(0, text - 1);
        return inputs.batch(1, 1 + after.size()).run(cache.row(slot), List.of(mix), text);
    }

    @Override
    public boolean readsRows() {
        return graph.rows();
    }

    @Override
    public Logits readRows(int slot, int[] filled, int[] ids, AdapterMix mix) {
        int past = filled[slot];
        int wanted = ids.length;
        int[] rows = Arrays.copyOf(ids, RowInputs.ROWS); // those that are too many are written over later
        Arrays.fill(rows, wanted, rows.length, ids[wanted - 1]);
        closeRead();
        Inputs inputs = new Inputs(1, rows.length, wanted, 0);
        read = inputs;
        mix.embed(graph.embedding(), rows, 0, rows.length, inputs.embedded);
        graph.embedding().addPositions(past, rows.length, inputs.embedded, 0);
        inputs.last(0, past + rows.length - 1);
        Batch batch = inputs.batch(1, wanted);
        RowOperands<T> given = new RowOperands<>(runner.backend(), true, past);
        byRow = given;
        given.bind(batch.run);
        KeyValueCache.View<T> row = cache.row(slot);
        row.present().forEach((name, tensor) -> {
            for (int i = 0; i + 1 < rows.length; i++) {
                batch.run.output(RowInputs.present(name, i), tensor);
            }
        });
        return batch.run(row, List.of(mix), past + rows.length);
    }

    /** As many groups of rows as make a product for each thread, so that none is cut, which could change its bits. */
    private int leastGroups() {
        return (runner.threads() + graph.keyValueHeads() - 1) / graph.keyValueHeads();
    }

    @Override
    public Logits step(int first, int[] ids, int[] filled, List<AdapterMix> mixes) {
        closeRead();
        Inputs inputs = steps();
        int longest = 0;
        inputs.embedded.clear();
        for (int row = 0; row < ids.length; row++) {
            int past = filled[first + row];
            int[] id = {Math.max(ids[row], 0)};
            mixes.get(row).embed(graph.embedding(), id, 0, 1, inputs.embedded);
            if (ids[row] >= 0) {
                graph.embedding().addPositions(past, 1, inputs.embedded, row * graph.hiddenSize());
            }
            // the new token stands after what is filled; a slot that is left as it is has it written over later
            inputs.last(row, past);
            longest = Math.max(longest, past + 1);
        }
        return inputs.batch(ids.length, ids.length).run(cache.rows(first, ids.length), mixes, longest);
    }

    private Inputs steps() {
        Inputs known = steps;
        if (known == null) {
            int slots = cache.slots();
            known = new Inputs(slots, 1, slots, 0);
            steps = known;
        }
        return known;
    }

    /** The memory of runs of up to some rows; those of fewer use its beginning. */
    private final class Inputs implements AutoCloseable {
        final FloatBuffer embedded; // (rows, length, hidden), to be filled before a run
        private final int length;
        private final Operands<T> operands = new Operands<>(runner.backend());
        private final Operand<T> embeddings;
        private final Operand<T> lengths;
        private final Operand<T> total;
        private final Operand<T> logitRows;
        private final Operand<T> logits;
        private final Map<Integer, Batch> batches = new HashMap<>(); // by rows

        /**
         * Makes the memory.
         *
         * @param length tokens of each row
         * @param wanted positions whose logits are wanted
         * @param first the first of them
         */
        Inputs(int rows, int length, int wanted, int first) {
            this.length = length;
            try {
                embeddings = operands.of(runner.backend().dtype(), rows, length, graph.hiddenSize());
                embedded = embeddings.buffer().asFloatBuffer();
                lengths = operands.of(ElementType.INT32, rows);
                total = operands.onHost(ElementType.INT32);
                logits = operands.of(ElementType.FLOAT, wanted, graph.vocabularySize());
                logitRows = operands.of(ElementType.INT64, wanted);
                for (int row = 0; row < wanted; row++) {
                    logitRows.buffer().putLong(row * Long.BYTES, first + row);
                }
                logitRows.push(wanted);
            } catch (RuntimeException | Error e) {
                operands.close();
                throw e;
            }
        }

        /** Sets the position of a row's last token. */
        void last(int row, int position) {
            lengths.buffer().putInt(row * Integer.BYTES, position);
        }

        /** The tensors for the first rows, made once. */
        Batch batch(int rows, int wanted) {
            return batches.computeIfAbsent(rows, key -> new Batch(this, rows, wanted));
        }

        @Override
        public void close() {
            batches.values().forEach(batch -> batch.run.close());
            operands.close();
        }
    }

    /** A run of some rows. */
    private final class Batch {
        final Run<T> run = runner.run();
        private final Inputs inputs;
        private final int rows;
        private final int wanted;
        private final Logits logits;

        Batch(Inputs inputs, int rows, int wanted) {
            this.inputs = inputs;
            this.rows = rows;
            this.wanted = wanted;
            try {
                int vocabulary = graph.vocabularySize();
                run.input(DecoderGraph.EMBEDDINGS, inputs.embeddings.tensor(rows, inputs.length, graph.hiddenSize()));
                run.input(DecoderGraph.LENGTHS, inputs.lengths.tensor(rows));
                run.input(DecoderGraph.TOTAL_LENGTH, inputs.total.tensor());
                run.input(DecoderGraph.LOGIT_ROWS, inputs.logitRows.tensor(wanted));
                graph.trees().ifPresent(trees -> treeOperands(trees).bind(run));
                if (graph.rows()) {
                    notByRow().bind(run);
                }
                run.output(DecoderGraph.LOGITS, inputs.logits.tensor(wanted, vocabulary));
                logits = Logits.first(inputs.operands.memory(), inputs.logits.buffer(), (long) wanted * vocabulary);
            } catch (RuntimeException | Error e) {
                run.close();
                throw e;
            }
        }

        /** Runs on the inputs that were filled in; the longest row has so many tokens then. */
        Logits run(KeyValueCache.View<T> cacheRows, List<AdapterMix> mixes, int longest) {
            inputs.embeddings.push((long) rows * inputs.length * graph.hiddenSize());
            inputs.lengths.push(rows);
            inputs.total.buffer().putInt(0, longest);
            run.execute(cacheRows, mixes);
            inputs.logits.pull((long) wanted * graph.vocabularySize());
            return logits;
        }
    }

    private RowOperands<T> notByRow() {
        RowOperands<T> known = notByRow;
        if (known == null) {
            known = new RowOperands<>(runner.backend(), false, 0);
            notByRow = known;
        }
        return known;
    }

    /** Those of the tree that is being read, or of none. */
    private TreeOperands<T> treeOperands(TreeInputs trees) {
        TreeOperands<T> given = tree;
        TreeOperands<T> none = noTree;
        if (given == null && none == null) {
            none = TreeOperands.none(runner.backend(), trees);
            noTree = none;
        }
        return given != null ? given : Objects.requireNonNull(none);
    }

    @Override
    public long bytes(int slots, int capacity) {
        return 4L * slots * graph.vocabularySize();
    }

    @Override
    public void slotsChanged() {}

    private void closeRead() {
        if (read != null) {
            read.close();
            read = null;
        }
        if (tree != null) {
            tree.close();
            tree = null;
        }
        if (byRow != null) {
            byRow.close();
            byRow = null;
        }
    }

    @Override
    public void release() {
        closeRead();
        if (steps != null) {
            steps.close();
            steps = null;
        }
        if (noTree != null) {
            noTree.close();
            noTree = null;
        }
        if (notByRow != null) {
            notByRow.close();
            notByRow = null;
        }
    }
}
