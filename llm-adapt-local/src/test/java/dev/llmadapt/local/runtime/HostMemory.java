package dev.llmadapt.local.runtime;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** This process's memory, as if it were a device's. */
public final class HostMemory implements DeviceMemory {
    private final Pointer info = OrtApi.get().memory("Cpu", 0);

    @Override
    public Pointer info() {
        return info;
    }

    @Override
    public void use(Pointer options) {}

    @Override
    public long free() {
        return 1L << 40;
    }

    @Override
    public long allocate(long bytes) {
        long address = Native.malloc(Math.max(bytes, 1));
        new Pointer(address).setMemory(0, bytes, (byte) 0);
        return address;
    }

    @Override
    public void free(long address) {
        Native.free(address);
    }

    @Override
    public void write(long to, ByteBuffer from) {
        new Pointer(to).getByteBuffer(0, from.remaining()).put(from.duplicate());
    }

    @Override
    public void read(ByteBuffer to, long from) {
        to.duplicate().put(new Pointer(from).getByteBuffer(0, to.remaining()));
    }

    @Override
    public void copy(long to, long toPitch, long from, long fromPitch, long width, long runs) {
        for (long run = 0; run < runs; run++) {
            byte[] bytes = new Pointer(from + run * fromPitch).getByteArray(0, (int) width);
            new Pointer(to + run * toPitch).write(0, bytes, 0, bytes.length);
        }
    }

    @Override
    public void synchronize() {}
}
