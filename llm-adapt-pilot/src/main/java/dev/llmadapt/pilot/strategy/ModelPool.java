package dev.llmadapt.pilot.strategy;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models that are opened when they are first asked, as many at once as fit into memory together. Where one more does
 * not, that which was used longest ago is closed, and opened again when it is asked again; one on which a candidate
 * that trains is at work is not closed. One model is opened in any case.
 *
 * <p>For one thread at a time, as a pilot asks.
 */
public final class ModelPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelPool.class);

    private final long limit;
    private final List<PooledModel> models = new ArrayList<>();
    private long uses;

    /**
     * A pool without models.
     *
     * @param limit bytes that open models may take together
     */
    public ModelPool(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit must not be negative, limit: " + limit);
        }
        this.limit = limit;
    }

    /**
     * A pool in the memory that is available now: as the system tells, and no more than the container's or machine's.
     */
    public static ModelPool ofAvailableMemory() {
        long machine = ModelFit.machineMemory();
        long most = machine > 0 ? machine : Long.MAX_VALUE;
        return new ModelPool(Math.min(most, available().orElse(most)));
    }

    /**
     * A model of this pool, not opened yet; closed with the pool.
     *
     * @param weightBytes the memory that its weights take, about the size of its files
     * @param opening opens it
     */
    public synchronized Model add(long weightBytes, Supplier<? extends Model> opening) {
        int place = models.size();
        LazyModel lazy = new LazyModel(() -> {
            makeRoom(models.get(place));
            return opening.get();
        });
        PooledModel model =
                new PooledModel(lazy, this, ModelFit.here(weightBytes).mostBytes());
        models.add(model);
        return model;
    }

    /** Whether a model is opened when it is first asked, as those of a pool are. */
    public static boolean opensWhenAsked(Model model) {
        return model instanceof PooledModel || model instanceof LazyModel;
    }

    synchronized void use(PooledModel model) {
        model.lastUsed = ++uses;
    }

    /** Closes others until a model fits beside those that are open. */
    private synchronized void makeRoom(PooledModel model) {
        while (openBytes() + model.bytes > limit) {
            Optional<PooledModel> oldest = models.stream()
                    .filter(each -> each != model && each.canGo())
                    .min(Comparator.comparingLong(each -> each.lastUsed));
            if (oldest.isEmpty()) {
                return;
            }
            LOG.debug("a model is closed, so that another fits into {} MB", limit >> 20);
            oldest.get().makeGo();
        }
    }

    synchronized void closeOthers(PooledModel model) {
        models.stream().filter(each -> each != model && each.canGo()).forEach(PooledModel::makeGo);
    }

    private long openBytes() {
        return models.stream()
                .filter(PooledModel::isOpen)
                .mapToLong(each -> each.bytes)
                .sum();
    }

    /** Closes all models, whatever becomes of the others. */
    @Override
    public synchronized void close() {
        RuntimeException first = null;
        for (Model each : models) {
            try {
                each.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        models.clear();
        if (first != null) {
            throw first;
        }
    }

    /** The memory that Linux says programs can still have. */
    private static Optional<Long> available() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"), StandardCharsets.UTF_8)) {
                if (line.startsWith("MemAvailable:")) {
                    return Optional.of(Long.parseLong(line.replaceAll("[^0-9]", "")) << 10);
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("the available memory is not known here", e);
        }
        return Optional.empty();
    }
}
