package dev.llmadapt.pilot.strategy;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import java.util.Optional;

/** A model of a {@link ModelPool}, which tells the pool when it is used. */
final class PooledModel extends ModelLayer {
    private final LazyModel lazy;
    private final ModelPool pool;
    final long bytes;
    long lastUsed; // guarded by the pool
    private int holders; // guarded by the pool

    PooledModel(LazyModel lazy, ModelPool pool, long bytes) {
        super(lazy);
        this.lazy = lazy;
        this.pool = pool;
        this.bytes = bytes;
    }

    @Override
    protected Request apply(Request request) {
        pool.use(this);
        return request;
    }

    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        if (kind.isInstance(this)) {
            return Optional.of(kind.cast(this));
        }
        pool.use(this);
        return super.unwrap(kind);
    }

    /** Keeps it open until {@link #letGo()}. */
    void hold() {
        synchronized (pool) {
            holders++;
        }
    }

    void letGo() {
        synchronized (pool) {
            holders--;
        }
    }

    /** Closes the other models of the pool, but for those that are held. */
    void closeOthers() {
        pool.closeOthers(this);
    }

    /** Whether it is open and nobody needs it to stay so. */
    boolean canGo() {
        return holders == 0 && lazy.isOpen();
    }

    boolean isOpen() {
        return lazy.isOpen();
    }

    void makeGo() {
        lazy.release();
    }

    @Override
    protected void release() {
        lazy.close();
    }
}
