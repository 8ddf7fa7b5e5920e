package dev.llmadapt.local.runtime;

import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;

/** The logits of some rows, {@code (rows, vocabulary)}, which can be read until the session's next call. */
public final class Logits {
    private final NativeArena memory;
    private final FloatBuffer values;

    Logits(NativeArena memory, FloatBuffer values) {
        this.memory = memory;
        this.values = values;
    }

    /** Returns the logits at the beginning of a buffer. */
    static Logits first(NativeArena memory, ByteBuffer buffer, long count) {
        return new Logits(memory, buffer.asFloatBuffer().slice(0, Math.toIntExact(count)));
    }

    /** The number of logits in all rows. */
    public int size() {
        return values.capacity();
    }

    /** Returns the logit at an index, counted row after row. */
    public float get(int index) {
        return values().get(index);
    }

    /** Copies the logits from an index on, as many as the target takes. */
    public Logits get(int index, float[] target) {
        values().get(index, target);
        return this;
    }

    /** Returns the logits from an index on. */
    Logits slice(int index, int count) {
        Objects.checkFromIndexSize(index, count, values.capacity());
        return new Logits(memory, values.slice(index, count));
    }

    /** Returns the buffer itself, for a copy. */
    FloatBuffer values() {
        if (!memory.isOpen()) {
            throw new IllegalStateException("these logits were given for the time until the session's next call");
        }
        return values;
    }
}
