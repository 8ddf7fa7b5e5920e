package dev.llmadapt.local;

import dev.llmadapt.HiddenStates.Pooling;
import dev.llmadapt.InferenceException;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.runtime.HiddenStatesSession;
import dev.llmadapt.local.runtime.HiddenStatesSession.Row;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestObserver;
import dev.llmadapt.observation.RequestTrace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The reader of a model's hidden states. Its session is made by the first call, and made again with more inputs when a
 * request names an adapter that needs them. Texts of one length are read together. Thread-safe: one call at a time.
 */
final class ModelStates implements AutoCloseable {
    /** The most tokens that are read together, of more texts than one; bounds the memory it takes. */
    private static final int TOGETHER = 2048;

    private final LocalBase base;
    private final Decoder decoder;
    private final ModelInfo info;
    private final RequestObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<PreparedAdapter> unloaded = new ConcurrentLinkedQueue<>(); // not yet forgotten
    private @Nullable HiddenStatesSession session; // guarded by lock
    private boolean closed; // guarded by lock

    /** Makes the reader of a base whose requests a decoder encodes; both stay the caller's. */
    ModelStates(LocalBase base, Decoder decoder, ModelInfo info, RequestObserver observer) {
        this.base = base;
        this.decoder = decoder;
        this.info = info;
        this.observer = observer;
    }

    /** See {@link dev.llmadapt.HiddenStates#hiddenStates}. */
    List<float[][]> of(List<Request> requests, Pooling pooling) {
        int priority = requests.stream()
                .mapToInt(request -> request.scheduling().priority())
                .max()
                .orElse(0);
        RequestTrace trace = observer.begin(Operation.HIDDEN_STATES, priority);
        try {
            return of(requests, pooling, trace);
        } catch (RuntimeException | Error e) {
            trace.failed(e, false);
            throw e;
        }
    }

    private List<float[][]> of(List<Request> requests, Pooling pooling, RequestTrace trace) {
        List<Row> rows = new ArrayList<>();
        for (Request request : requests) {
            Row row = decoder.stateText(request, pooling);
            if (row.ids().length > info.contextLength()) {
                throw new IllegalArgumentException("text " + (rows.size() + 1) + " of " + requests.size() + " has "
                        + row.ids().length + " tokens, the context holds " + info.contextLength()
                        + "; shorten it, or open the model with a larger context length");
            }
            rows.add(row);
        }
        trace.queued(rows.stream()
                .flatMap(row -> row.mix().adapters().stream())
                .map(PreparedAdapter::name)
                .distinct()
                .toList());
        List<float[][]> states = read(rows, trace);
        trace.finished("", rows.stream().mapToInt(row -> row.ids().length).sum(), 0);
        return states;
    }

    private List<float[][]> read(List<Row> rows, RequestTrace trace) {
        lock.lock();
        try {
            trace.begun();
            return readTogether(rows);
        } finally {
            lock.unlock();
            forgetUnloaded();
        }
    }

    private List<float[][]> readTogether(List<Row> rows) {
        float[][][] states = new float[rows.size()][][];
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> rows.get(i).ids().length))
                .toList();
        for (int from = 0, to; from < order.size(); from = to) {
            int length = rows.get(order.get(from)).ids().length;
            for (to = from + 1;
                    to < order.size()
                            && rows.get(order.get(to)).ids().length == length
                            && (to + 1 - from) * length <= TOGETHER; ) {
                to++;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted while reading hidden states");
            }
            List<Integer> batch = order.subList(from, to);
            float[][][] read = session(rows).read(batch.stream().map(rows::get).toList());
            for (int i = 0; i < read.length; i++) {
                requireFinite(read[i], batch.get(i), rows.size());
                states[batch.get(i)] = read[i];
            }
        }
        return List.of(states);
    }

    /** The session, with the inputs that some texts need. */
    private HiddenStatesSession session(List<Row> rows) {
        if (closed) {
            throw new IllegalStateException("the model is closed: " + info.name() + "; open it again to use it");
        }
        HiddenStatesSession open = session;
        AdapterInputs inputs = open == null ? AdapterInputs.NONE : open.adapterInputs();
        AdapterInputs needed = inputs;
        for (Row row : rows) {
            for (PreparedAdapter adapter : row.mix().adapters()) {
                if (!needed.covers(adapter.inputs())) {
                    needed = needed.plus(adapter.inputs());
                }
            }
        }
        if (open != null && inputs.equals(needed)) {
            return open;
        }
        close(open);
        HiddenStatesSession made = base.hiddenStates(needed);
        session = made;
        return made;
    }

    private static void requireFinite(float[][] states, int row, int rows) {
        for (int state = 0; state < states.length; state++) {
            for (float value : states[state]) {
                if (!Float.isFinite(value)) {
                    throw new InferenceException("hidden state " + state + " of text " + (row + 1) + " of " + rows
                            + " is not finite: an adapter of the request or the checkpoint is damaged, or numbers of"
                            + " the device's type are too small for it");
                }
            }
        }
    }

    /**
     * Frees what is kept for an adapter that is not named again, after the call under way, for which it does not wait.
     */
    void forget(PreparedAdapter adapter) {
        unloaded.add(adapter);
        forgetUnloaded();
    }

    private void forgetUnloaded() {
        while (!unloaded.isEmpty() && lock.tryLock()) { // else whoever has the lock does it afterwards
            try {
                for (PreparedAdapter each = unloaded.poll(); each != null; each = unloaded.poll()) {
                    HiddenStatesSession open = session;
                    if (open != null) {
                        open.forget(each);
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void close(@Nullable HiddenStatesSession open) {
        session = null;
        if (open != null) {
            open.close();
        }
    }

    /** Waits for the call under way. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            close(session);
        } finally {
            lock.unlock();
        }
    }
}
