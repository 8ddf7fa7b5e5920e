package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.memory.NativeArena;
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

    /** Those at the beginning of a buffer. */
    static Logits first(NativeArena memory, ByteBuffer buffer, long count) {
        return new Logits(memory, buffer.asFloatBuffer().slice(0, Math.toIntExact(count)));
    }

    /** Numbers of all rows. */
    public int size() {
        return values.capacity();
    }

    /** The number at a place, row after row. */
    public float get(int place) {
        return values().get(place);
    }

    /** Copies numbers from a place on, as many as the target takes. */
    public Logits get(int place, float[] target) {
        values().get(place, target);
        return this;
    }

    /** Those from a place on. */
    Logits slice(int place, int count) {
        Objects.checkFromIndexSize(place, count, values.capacity());
        return new Logits(memory, values.slice(place, count));
    }

    /** The buffer, for a copy. */
    FloatBuffer values() {
        if (!memory.isOpen()) {
            throw new IllegalStateException("these logits were given for the time until the session's next call");
        }
        return values;
    }
}
