package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.ExportedGraph;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a decoder that somebody else exported: token ids, positions and masks. Where its cache is updated in
 * place, rows lie as they do for our own graphs. Where it grows, each row's past is copied to a common length first,
 * which the mask and the positions hide from the model; if the graph takes no positions, only rows of one length are
 * run together.
 *
 * @param <T> the tensors
 */
final class TokenFeed<T> implements Feed {
    /** The tokens by which a growing past is made longer, so that its tensors serve as many steps. */
    private static final int GRAIN = 32;

    private final ExportedGraph graph; // without weights
    private final Runner<T> runner;
    private final KeyValueCache<T> cache;
    private final GrowingPast<T> growing;
    private @Nullable TokenBatch<T> step; // the last
    private @Nullable TokenBatch<T> read; // the last, whose logits stay until the next call
    private @Nullable NativeArena together; // of togetherLogits
    private @Nullable ByteBuffer togetherLogits; // of a step over a growing cache, all slots

    TokenFeed(ExportedGraph graph, Runner<T> runner, KeyValueCache<T> cache) {
        this.graph = graph;
        this.runner = runner;
        this.cache = cache;
        this.growing = new GrowingPast<>(runner.backend(), graph.cache());
    }

    @Override
    public Logits read(int slot, int[] filled, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        int wanted = to - logitsFrom;
        int past = filled[slot];
        closeRead();
        TokenBatch<T> batch = new TokenBatch<>(graph, runner, 1, length, wanted, past + length);
        read = batch;
        for (int i = 0; i < length; i++) {
            batch.ids.put(i, token(ids[from + i]));
            batch.positions.put(i, past + i);
        }
        for (int i = 0; i < past + length; i++) {
            batch.mask.put(i, 1);
        }
        for (int i = 0; i < wanted; i++) {
            batch.logitRows.put(i, logitsFrom - from + i);
        }
        if (graph.inPlace()) {
            batch.run(cache.row(slot), List.of(mix));
        } else {
            batch.run(growing.of(cache, new int[] {slot}, filled, past, length), List.of(mix));
            growing.keep(cache, filled);
        }
        int skipped = graph.logitRows() ? 0 : logitsFrom - from;
        return batch.logits.slice(skipped * graph.vocabularySize(), wanted * graph.vocabularySize());
    }

    private long token(int id) {
        if (id < 0 || id >= graph.vocabularySize()) {
            throw new IllegalArgumentException(
                    "no token has the id " + id + ", the vocabulary of this exported model has "
                            + graph.vocabularySize() + " tokens and no virtual ones");
        }
        return id;
    }

    @Override
    public Logits step(int first, int[] ids, int[] filled, List<AdapterMix> mixes) {
        closeRead();
        return graph.inPlace() ? stepInPlace(first, ids, filled, mixes) : stepGrowing(first, ids, filled, mixes);
    }

    private TokenBatch<T> stepBatch(int rows, int maskWidth) {
        TokenBatch<T> known = step;
        if (known == null || !known.fits(rows, maskWidth)) {
            closeStep();
            known = new TokenBatch<>(graph, runner, rows, 1, 1, maskWidth);
            step = known;
        }
        return known;
    }

    private Logits stepInPlace(int first, int[] ids, int[] filled, List<AdapterMix> mixes) {
        int n = ids.length;
        int capacity = cache.capacity();
        TokenBatch<T> batch = stepBatch(n, capacity);
        for (int row = 0; row < n; row++) {
            int past = filled[first + row];
            batch.ids.put(row, ids[row] < 0 ? 0 : token(ids[row]));
            batch.positions.put(row, past);
            for (int i = 0; i < capacity; i++) {
                // a slot that is left as it is has the new token written over later
                batch.mask.put(row * capacity + i, i <= past ? 1 : 0);
            }
        }
        batch.run(cache.rows(first, n), mixes);
        return batch.logits;
    }

    private Logits stepGrowing(int first, int[] ids, int[] filled, List<AdapterMix> mixes) {
        Logits result = together(ids.length);
        int[] active =
                IntStream.range(0, ids.length).filter(row -> ids[row] >= 0).toArray();
        if (graph.positions()) {
            int longest =
                    Arrays.stream(active).map(row -> filled[first + row]).max().orElse(0);
            stepTogether(first, ids, filled, mixes, active, (longest + GRAIN - 1) / GRAIN * GRAIN, result);
        } else {
            Arrays.stream(active)
                    .map(row -> filled[first + row])
                    .distinct()
                    .forEach(length -> stepTogether(
                            first,
                            ids,
                            filled,
                            mixes,
                            Arrays.stream(active)
                                    .filter(row -> filled[first + row] == length)
                                    .toArray(),
                            length,
                            result));
        }
        return result;
    }

    /** Steps rows whose past is made to end at one position. */
    private void stepTogether(
            int first, int[] ids, int[] filled, List<AdapterMix> mixes, int[] active, int past, Logits result) {
        if (active.length == 0) {
            return;
        }
        int[] slots = Arrays.stream(active).map(row -> first + row).toArray();
        int vocabulary = graph.vocabularySize();
        List<AdapterMix> own = new ArrayList<>();
        TokenBatch<T> batch = stepBatch(slots.length, past + 1);
        for (int row = 0; row < slots.length; row++) {
            int slot = slots[row];
            own.add(mixes.get(active[row]));
            batch.ids.put(row, token(ids[active[row]]));
            batch.positions.put(row, filled[slot]);
            for (int i = 0; i <= past; i++) {
                batch.mask.put(row * (past + 1) + i, i < filled[slot] || i == past ? 1 : 0);
            }
        }
        batch.run(growing.of(cache, slots, filled, past, 1), own);
        growing.keep(cache, filled);
        for (int row = 0; row < slots.length; row++) {
            result.values().put(active[row] * vocabulary, batch.logits.values(), row * vocabulary, vocabulary);
        }
    }

    /** The logits of all rows, which runs of some of them put together. */
    private Logits together(int rows) {
        NativeArena memory = together;
        ByteBuffer logits = togetherLogits;
        if (memory == null || logits == null) {
            memory = new NativeArena();
            together = memory;
            logits = memory.zeros(4L * cache.slots() * graph.vocabularySize());
            togetherLogits = logits;
        }
        return Logits.first(memory, logits, (long) rows * graph.vocabularySize());
    }

    @Override
    public long bytes(int slots, int capacity) {
        long step = 4L * slots * graph.vocabularySize() + 8L * slots * (capacity + GRAIN); // logits and the mask
        // where the cache grows, past and present of all rows are there beside it
        return graph.inPlace() ? step : 2 * cache.bytes(slots, capacity + GRAIN) + 2 * step;
    }

    @Override
    public void slotsChanged() {
        growing.forget();
    }

    private void closeRead() {
        if (read != null) {
            read.close();
            read = null;
        }
    }

    private void closeStep() {
        if (step != null) {
            step.close();
            step = null;
        }
    }

    @Override
    public void release() {
        closeRead();
        closeStep();
        growing.close();
        if (together != null) {
            together.close();
            together = null;
            togetherLogits = null;
        }
    }
}
