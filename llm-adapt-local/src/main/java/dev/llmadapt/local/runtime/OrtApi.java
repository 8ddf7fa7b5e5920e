package dev.llmadapt.local.runtime;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.WString;
import com.sun.jna.ptr.PointerByReference;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.natives.OnnxRuntime;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The part of ONNX Runtime's C interface that its Java one lacks: tensors in a device's memory, and runs that are bound
 * to them. The interface is a table of functions ({@code OrtApi} in {@code onnxruntime_c_api.h}), which later versions
 * only lengthen, so that an index stays a function's; it is that of the library which the Java interface has loaded.
 * Thread-safe.
 */
final class OrtApi {
    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;
    /** The address of tensors without elements. */
    private static final Pointer EMPTY = new Memory(1);

    /** The functions used, by their index in the table. */
    private enum Entry {
        GET_ERROR_MESSAGE(2),
        CREATE_SESSION_FROM_ARRAY(8),
        CREATE_SESSION_OPTIONS(10),
        ENABLE_PROFILING(14),
        SET_INTRA_OP_NUM_THREADS(24),
        CREATE_TENSOR_WITH_DATA(49),
        CREATE_MEMORY_INFO(68),
        RELEASE_STATUS(93),
        RELEASE_SESSION(95),
        RELEASE_VALUE(96),
        RELEASE_SESSION_OPTIONS(100),
        ADD_SESSION_CONFIG_ENTRY(130),
        RUN_WITH_BINDING(133),
        CREATE_IO_BINDING(134),
        RELEASE_IO_BINDING(135),
        BIND_INPUT(136),
        BIND_OUTPUT(137),
        APPEND_CUDA(204),
        CREATE_CUDA_OPTIONS(205),
        UPDATE_CUDA_OPTIONS(206),
        RELEASE_CUDA_OPTIONS(208),
        ADD_EXTERNAL_INITIALIZERS(210);

        final int index;

        Entry(int index) {
            this.index = index;
        }
    }

    private static final class Holder {
        static final OrtApi INSTANCE = new OrtApi();
    }

    private final Pointer table;
    private final Pointer environment; // the one that the Java interface made
    private final Pointer host; // this process's memory

    private OrtApi() {
        OnnxRuntime engine = OnnxRuntime.start();
        this.table = engine.table();
        this.environment = engine.environment();
        this.host = memory("Cpu", 0);
    }

    /** Returns the interface of the library that is loaded. */
    static OrtApi get() {
        return Holder.INSTANCE;
    }

    private Pointer call(Entry entry, Object... arguments) {
        return function(entry).invokePointer(arguments);
    }

    private void release(Entry entry, Pointer what) {
        function(entry).invokeVoid(new Object[] {what});
    }

    private Function function(Entry entry) {
        return Function.getFunction(table.getPointer((long) entry.index * Native.POINTER_SIZE));
    }

    private Pointer made(Entry entry, Object... arguments) {
        PointerByReference made = new PointerByReference();
        Object[] all = new Object[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = made;
        check(call(entry, all));
        return made.getValue();
    }

    private void check(Pointer status) {
        if (status != null) {
            String message = call(Entry.GET_ERROR_MESSAGE, status).getString(0, "UTF-8");
            release(Entry.RELEASE_STATUS, status);
            throw new InferenceException(message);
        }
    }

    /** Makes the options of a session; {@link #releaseOptions} frees them. */
    Pointer options(Execution execution) {
        Pointer options = made(Entry.CREATE_SESSION_OPTIONS);
        try {
            check(call(Entry.SET_INTRA_OP_NUM_THREADS, options, execution.threads()));
            String spinning = execution.spinning() ? "1" : "0";
            check(call(Entry.ADD_SESSION_CONFIG_ENTRY, options, "session.intra_op.allow_spinning", spinning));
            if (execution.profile().isPresent()) {
                Path path = execution.profile().get();
                Object prefix = Platform.isWindows() ? new WString(path.toString()) : path.toString();
                check(call(Entry.ENABLE_PROFILING, options, prefix));
            }
            return options;
        } catch (RuntimeException | Error e) {
            releaseOptions(options);
            throw e;
        }
    }

    void releaseOptions(Pointer options) {
        release(Entry.RELEASE_SESSION_OPTIONS, options);
    }

    /** Makes the sessions of some options compute on a CUDA GPU, as far as there are kernels. */
    void appendCuda(Pointer options, Map<String, String> settings) {
        Pointer cuda = made(Entry.CREATE_CUDA_OPTIONS);
        try {
            StringArray keys = new StringArray(settings.keySet().toArray(new String[0]));
            StringArray values = new StringArray(settings.values().toArray(new String[0]));
            check(call(Entry.UPDATE_CUDA_OPTIONS, cuda, keys, values, (long) settings.size()));
            check(call(Entry.APPEND_CUDA, options, cuda));
        } finally {
            release(Entry.RELEASE_CUDA_OPTIONS, cuda);
        }
    }

    /** Adds the weights that a model declares as external; they are copied when the session is made. */
    void addWeights(Pointer options, List<String> names, List<Pointer> values) {
        check(call(
                Entry.ADD_EXTERNAL_INITIALIZERS,
                options,
                new StringArray(names.toArray(new String[0])),
                values.toArray(new Pointer[0]),
                (long) names.size()));
    }

    /** Makes a session; {@link #releaseSession} frees it. */
    Pointer session(byte[] model, Pointer options) {
        return made(Entry.CREATE_SESSION_FROM_ARRAY, environment, model, (long) model.length, options);
    }

    void releaseSession(Pointer session) {
        release(Entry.RELEASE_SESSION, session);
    }

    /**
     * Returns ONNX Runtime's name of a memory, valid until the process ends.
     *
     * @param name ONNX Runtime's for the kind: {@code Cpu}, {@code Cuda}
     * @param index the device's index
     */
    Pointer memory(String name, int index) {
        return made(Entry.CREATE_MEMORY_INFO, name, DEVICE_ALLOCATOR, index, DEFAULT_MEMORY);
    }

    /** Makes a tensor over memory that the caller keeps; {@link #releaseValue} frees the tensor. */
    Pointer tensor(Pointer memory, Pointer data, long bytes, ElementType type, long... shape) {
        long[] dims = shape.length == 0 ? new long[1] : shape; // a null array is no array
        return made(Entry.CREATE_TENSOR_WITH_DATA, memory, data, bytes, dims, (long) shape.length, type.onnx());
    }

    /** Makes a tensor over a direct buffer from its position to its limit; {@link #releaseValue} frees the tensor. */
    Pointer tensor(ByteBuffer data, ElementType type, long... shape) {
        Pointer at = data.remaining() == 0 ? EMPTY : Native.getDirectBufferPointer(data.slice());
        return tensor(host, at, data.remaining(), type, shape);
    }

    void releaseValue(Pointer value) {
        release(Entry.RELEASE_VALUE, value);
    }

    /** Makes a binding of tensors to a session's inputs and outputs; {@link #releaseBinding} frees it. */
    Pointer binding(Pointer session) {
        return made(Entry.CREATE_IO_BINDING, session);
    }

    void releaseBinding(Pointer binding) {
        release(Entry.RELEASE_IO_BINDING, binding);
    }

    /** Binds an input. A tensor that lies elsewhere than the session needs it is copied now. */
    void bindInput(Pointer binding, String name, Pointer value) {
        check(call(Entry.BIND_INPUT, binding, name, value));
    }

    /** Binds an output. */
    void bindOutput(Pointer binding, String name, Pointer value) {
        check(call(Entry.BIND_OUTPUT, binding, name, value));
    }

    /** Runs a session and waits for the device. */
    void run(Pointer session, Pointer binding) {
        check(call(Entry.RUN_WITH_BINDING, session, Pointer.NULL, binding));
    }
}
