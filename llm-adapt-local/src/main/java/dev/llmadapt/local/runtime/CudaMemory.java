package dev.llmadapt.local.runtime;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.llmadapt.InferenceException;
import dev.llmadapt.natives.Jna;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The memory of an NVIDIA GPU, through the driver's interface ({@code cuda.h}), whose library has one name whatever the
 * version of CUDA, in the context that ONNX Runtime uses, too.
 */
final class CudaMemory implements DeviceMemory {
    private static final Map<Integer, CudaMemory> GPUS = new ConcurrentHashMap<>();
    /** {@code CU_MEMORYTYPE_DEVICE}. */
    private static final int DEVICE = 2;

    private final OrtApi api = OrtApi.get();
    private final int index;
    private final NativeLibrary driver;
    private final Pointer context;
    private final Pointer info;

    private CudaMemory(int index) {
        this.index = index;
        this.driver = driver();
        call("cuInit", 0);
        IntByReference count = new IntByReference();
        call("cuDeviceGetCount", count);
        if (index >= count.getValue()) {
            throw new InferenceException("there is no CUDA GPU " + index + ", there are " + count.getValue()
                    + "; GPUs count from 0, and CUDA_VISIBLE_DEVICES hides those that it does not name");
        }
        IntByReference device = new IntByReference();
        call("cuDeviceGet", device, index);
        PointerByReference retained = new PointerByReference();
        call("cuDevicePrimaryCtxRetain", retained, device.getValue());
        this.context = retained.getValue();
        this.info = api.memory("Cuda", index);
    }

    /**
     * Returns the memory of a GPU.
     *
     * @throws InferenceException if there is no driver or no such GPU
     */
    static CudaMemory of(int index) {
        return GPUS.computeIfAbsent(index, CudaMemory::new);
    }

    private static NativeLibrary driver() {
        String name = Platform.isWindows() ? "nvcuda" : "libcuda.so.1";
        if (Platform.isMac()) {
            throw new InferenceException("CUDA is not on macOS; open the model with Device.CPU");
        }
        try {
            return Jna.library(name);
        } catch (UnsatisfiedLinkError e) {
            throw new InferenceException(
                    "there is no NVIDIA driver here: the library " + name
                            + " cannot be loaded; install the driver (in a container, start it with access to the"
                            + " GPUs), or open the model with Device.CPU",
                    e);
        }
    }

    private void call(String function, Object... arguments) {
        int result = driver.getFunction(function).invokeInt(arguments);
        if (result != 0) {
            PointerByReference text = new PointerByReference();
            int known = driver.getFunction("cuGetErrorString").invokeInt(new Object[] {result, text});
            String what =
                    known == 0 && text.getValue() != null ? text.getValue().getString(0) : "error " + result;
            throw new InferenceException("CUDA GPU " + index + ": " + what + " (" + function + ")");
        }
    }

    /** Makes the context current, since a thread's calls go to the one that it has set. */
    private void enter() {
        call("cuCtxSetCurrent", context);
    }

    @Override
    public Pointer info() {
        return info;
    }

    @Override
    public void use(Pointer options) {
        CudaProvider.explained(index, () -> api.appendCuda(options, CudaProvider.settings(index)));
    }

    @Override
    public long free() {
        enter();
        LongByReference free = new LongByReference();
        LongByReference total = new LongByReference();
        call("cuMemGetInfo_v2", free, total);
        return free.getValue();
    }

    @Override
    public long allocate(long bytes) {
        enter();
        LongByReference address = new LongByReference();
        long size = Math.max(bytes, 1);
        try {
            call("cuMemAlloc_v2", address, size);
        } catch (InferenceException e) {
            throw new InferenceException(
                    e.getMessage() + " while taking " + (bytes >> 20)
                            + " MB; lower cacheMemory, contextLength or maxBatch, or take blocks of 4 bits"
                            + " (Precision.INT4)",
                    e);
        }
        call("cuMemsetD8_v2", address.getValue(), (byte) 0, size);
        return address.getValue();
    }

    @Override
    public void free(long address) {
        enter();
        call("cuMemFree_v2", address);
    }

    @Override
    public void write(long to, ByteBuffer from) {
        if (from.hasRemaining()) {
            enter();
            try {
                call("cuMemcpyHtoD_v2", to, Native.getDirectBufferPointer(from.slice()), (long) from.remaining());
            } finally {
                Reference.reachabilityFence(from);
            }
        }
    }

    @Override
    public void read(ByteBuffer to, long from) {
        if (to.hasRemaining()) {
            enter();
            try {
                call("cuMemcpyDtoH_v2", Native.getDirectBufferPointer(to.slice()), from, (long) to.remaining());
            } finally {
                Reference.reachabilityFence(to);
            }
        }
    }

    @Override
    public void copy(long to, long toPitch, long from, long fromPitch, long width, long runs) {
        if (width == 0 || runs == 0) {
            return;
        }
        enter();
        try (Memory copy = new Memory(128)) { // CUDA_MEMCPY2D
            copy.clear();
            copy.setInt(16, DEVICE); // srcMemoryType
            copy.setLong(32, from); // srcDevice
            copy.setLong(48, fromPitch);
            copy.setInt(72, DEVICE); // dstMemoryType
            copy.setLong(88, to); // dstDevice
            copy.setLong(104, toPitch);
            copy.setLong(112, width);
            copy.setLong(120, runs); // Height
            call("cuMemcpy2DUnaligned_v2", copy);
        }
    }

    @Override
    public void synchronize() {
        enter();
        call("cuCtxSynchronize");
    }
}
