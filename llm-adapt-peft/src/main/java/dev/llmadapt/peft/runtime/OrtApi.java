package dev.llmadapt.peft.runtime;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.WString;
import com.sun.jna.ptr.PointerByReference;
import dev.llmadapt.natives.OnnxRuntime;
import dev.llmadapt.peft.InferenceException;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What of ONNX Runtime's C interface its Java one lacks: tensors in a device's memory, and runs that are bound to them. The
 * interface is a table of functions which later versions only lengthen ({@code OrtApi} in {@code onnxruntime_c_api.h}, in
 * which a function's place is its index here), in the very library that the Java interface has loaded. Thread-safe.
 */
final class OrtApi {
    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;
    /** Where tensors without elements are. */
    private static final Pointer EMPTY = new Memory(1);

    /** The functions used, by their place in the table. */
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

        final int place;

        Entry(int place) {
            this.place = place;
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

    /** The table of the library that is loaded. */
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
        return Function.getFunction(table.getPointer((long) entry.place * Native.POINTER_SIZE));
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

    /** Settings of a session to come; {@link #releaseOptions} lets go of them. */
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

    /** Makes a session of these settings compute on a CUDA card, as far as there are kernels. */
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

    /** Gives a session to come the weights that its model declares as external. They are copied while it is made. */
    void addWeights(Pointer options, List<String> names, List<Pointer> values) {
        check(call(
                Entry.ADD_EXTERNAL_INITIALIZERS,
                options,
                new StringArray(names.toArray(new String[0])),
                values.toArray(new Pointer[0]),
                (long) names.size()));
    }

    /** A session; {@link #releaseSession} lets go of it. */
    Pointer session(byte[] model, Pointer options) {
        return made(Entry.CREATE_SESSION_FROM_ARRAY, environment, model, (long) model.length, options);
    }

    void releaseSession(Pointer session) {
        release(Entry.RELEASE_SESSION, session);
    }

    /**
     * Says where memory is, until the process ends.
     *
     * @param name ONNX Runtime's for the kind: {@code Cpu}, {@code Cuda}
     * @param index the device's number
     */
    Pointer memory(String name, int index) {
        return made(Entry.CREATE_MEMORY_INFO, name, DEVICE_ALLOCATOR, index, DEFAULT_MEMORY);
    }

    /** A tensor over memory that the caller keeps; {@link #releaseValue} lets go of the tensor. */
    Pointer tensor(Pointer memory, Pointer data, long bytes, ElementType type, long... shape) {
        long[] dims = shape.length == 0 ? new long[1] : shape; // a null array is no array
        return made(Entry.CREATE_TENSOR_WITH_DATA, memory, data, bytes, dims, (long) shape.length, type.onnx());
    }

    /** A tensor over a direct buffer from its position to its limit; {@link #releaseValue} lets go of the tensor. */
    Pointer tensor(ByteBuffer data, ElementType type, long... shape) {
        Pointer at = data.remaining() == 0 ? EMPTY : Native.getDirectBufferPointer(data.slice());
        return tensor(host, at, data.remaining(), type, shape);
    }

    void releaseValue(Pointer value) {
        release(Entry.RELEASE_VALUE, value);
    }

    /** Binds tensors to a session's inputs and outputs; {@link #releaseBinding} lets go of it. */
    Pointer binding(Pointer session) {
        return made(Entry.CREATE_IO_BINDING, session);
    }

    void releaseBinding(Pointer binding) {
        release(Entry.RELEASE_IO_BINDING, binding);
    }

    /** What is elsewhere than the session needs it is copied now. */
    void bindInput(Pointer binding, String name, Pointer value) {
        check(call(Entry.BIND_INPUT, binding, name, value));
    }

    void bindOutput(Pointer binding, String name, Pointer value) {
        check(call(Entry.BIND_OUTPUT, binding, name, value));
    }

    /** Runs, and waits until the device has. */
    void run(Pointer session, Pointer binding) {
        check(call(Entry.RUN_WITH_BINDING, session, Pointer.NULL, binding));
    }
}
