package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.runtime.TextSession;
import java.util.List;

/** A session of whose memory there is little, and that fails when more is used than it says or when it is told to. */
final class CappedSession implements TextSession {
    private final TextSession session;
    private final long memory;
    volatile boolean failing; // growing and reading find no memory
    volatile long most; // bytes there were at once

    CappedSession(TextSession session, long memory) {
        this.session = session;
        this.memory = memory;
    }

    @Override
    public long memory() {
        return memory;
    }

    @Override
    public void resize(int slots, int capacity) {
        if (bytes(slots, capacity) > memory) {
            throw new AssertionError(slots + " slots of " + capacity + " tokens are more than " + memory + " bytes");
        }
        if (failing) {
            throw new InferenceException("there is no memory");
        }
        most = Math.max(most, bytes(slots, capacity));
        session.resize(slots, capacity);
    }

    @Override
    public int slots() {
        return session.slots();
    }

    @Override
    public int capacity() {
        return session.capacity();
    }

    @Override
    public int maxCapacity() {
        return session.maxCapacity();
    }

    @Override
    public int vocabularySize() {
        return session.vocabularySize();
    }

    @Override
    public int filled(int slot) {
        return session.filled(slot);
    }

    @Override
    public void truncate(int slot, int length) {
        session.truncate(slot, length);
    }

    @Override
    public long bytes(int slots, int capacity) {
        return session.bytes(slots, capacity);
    }

    @Override
    public void keep(int... slots) {
        session.keep(slots);
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        session.copy(from, to, start, end);
    }

    @Override
    public void clear(int slot) {
        session.clear(slot);
    }

    @Override
    public void preload(int slot, AdapterMix mix) {
        session.preload(slot, mix);
    }

    @Override
    public AdapterInputs adapterInputs() {
        return session.adapterInputs();
    }

    @Override
    public void adopt(Engine engine) {
        session.adopt(engine);
    }

    @Override
    public void forget(PreparedAdapter adapter) {
        session.forget(adapter);
    }

    @Override
    public Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        if (failing) {
            throw new InferenceException("there is no memory");
        }
        return session.read(slot, ids, from, to, logitsFrom, mix);
    }

    @Override
    public Logits step(int[] ids, List<AdapterMix> mixes) {
        return session.step(ids, mixes);
    }

    @Override
    public void close() {
        session.close();
    }
}
