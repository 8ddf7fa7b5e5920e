package dev.llmadapt.local.runtime;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/**
 * The memory of a device, by address, and sessions that compute there. What is written or copied is there for a run
 * after {@link #synchronize}. Thread-safe.
 */
interface DeviceMemory {
    /** ONNX Runtime's name of the memory, for {@link OrtApi#tensor}; valid until the process ends. */
    Pointer info();

    /** Makes the sessions of some options compute here. */
    void use(Pointer options);

    /** The free bytes. */
    long free();

    /**
     * Allocates memory of zeros.
     *
     * @throws dev.llmadapt.InferenceException if there is not as much
     */
    long allocate(long bytes);

    /** Frees memory. */
    void free(long address);

    /** Copies the bytes of a direct buffer from its position to its limit. */
    void write(long to, ByteBuffer from);

    /** Fills a direct buffer from its position to its limit. */
    void read(ByteBuffer to, long from);

    /**
     * Copies runs of bytes that lie at regular distances.
     *
     * @param toPitch from the beginning of a run to that of the next, where they go
     * @param fromPitch from the beginning of a run to that of the next, where they come from
     * @param width bytes of a run, at most either pitch
     * @param runs how many
     */
    void copy(long to, long toPitch, long from, long fromPitch, long width, long runs);

    /** Waits until every copy and every write is done. */
    void synchronize();
}
