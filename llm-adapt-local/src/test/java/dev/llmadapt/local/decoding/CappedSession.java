package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.local.runtime.TextSession;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A session of whose memory there is little, and that fails when more is used than it says or when it is told to. */
final class CappedSession implements TextSession {
    private final TextSession session;
    private final long memory;
    private int[] reach = {}; // the most tokens that each slot has held since it was laid out
    volatile boolean failing; // growing and reading find no memory
    volatile long most; // bytes there were at once
    final AtomicInteger read = new AtomicInteger(); // tokens of prompts
    final AtomicInteger stepped = new AtomicInteger(); // rows of steps

    @SuppressWarnings("JdkObsolete") // several threads write
    final StringBuffer runs = new StringBuffer(); // r for a read, s for a step

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
        if (failing) {
            throw new InferenceException("there is no memory");
        }
        session.resize(slots, capacity);
        reach = new int[slots];
        count();
    }

    private void count() {
        for (int slot = 0; slot < reach.length; slot++) {
            reach[slot] = Math.max(reach[slot], session.filled(slot));
        }
        long bytes = bytes(reach);
        if (bytes > memory) {
            throw new AssertionError("slots of " + Arrays.toString(reach) + " tokens are more than " + memory);
        }
        most = Math.max(most, bytes);
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
    public long bytes(int[] tokens) {
        return session.bytes(tokens);
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        session.copy(from, to, start, end);
        count();
    }

    @Override
    public void clear(int slot) {
        session.clear(slot);
    }

    @Override
    public void preload(int slot, AdapterMix mix) {
        session.preload(slot, mix);
        count();
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
        Logits logits = session.read(slot, ids, from, to, logitsFrom, mix);
        read.addAndGet(to - from);
        runs.append('r');
        count();
        return logits;
    }

    @Override
    public Logits step(int first, int[] ids, List<AdapterMix> mixes) {
        Logits logits = session.step(first, ids, mixes);
        stepped.addAndGet(ids.length);
        runs.append('s');
        count();
        return logits;
    }

    @Override
    public void close() {
        session.close();
    }
}
