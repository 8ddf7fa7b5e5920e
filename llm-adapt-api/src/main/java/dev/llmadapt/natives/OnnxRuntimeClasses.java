package dev.llmadapt.natives;

import com.sun.jna.Pointer;
import dev.llmadapt.LlmAdaptException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The private members of ONNX Runtime's Java classes that this library needs, by the names that they have had since 1.0
 * or, where said, in 1.29.
 */
final class OnnxRuntimeClasses {
    private final Class<?> type;

    /** Finds the classes without initialising them. */
    OnnxRuntimeClasses() throws ReflectiveOperationException {
        this.type = Class.forName("ai.onnxruntime.OnnxRuntime");
    }

    /** The table of the C interface of the library that the classes have loaded, whoever started them. */
    Pointer table() throws ReflectiveOperationException {
        return new Pointer(field("ortApiHandle").getLong(null));
    }

    /**
     * Starts them as {@code OnnxRuntime.init()} of 1.29 does, without the folder that it makes in
     * {@code java.io.tmpdir}: it needs none where the libraries are unpacked, but fails where it cannot make one.
     *
     * @param folder where the libraries are
     * @param temporary where the classes would unpack what the folder lacks; since it cannot be written, they say that
     *     it is not there
     */
    synchronized void startIn(String folder, Path temporary) throws ReflectiveOperationException {
        if (field("loaded").getBoolean(null)) {
            return;
        }
        field("libraryDirPathProperty").set(null, folder);
        field("tempDirectory").set(null, temporary);
        call("extractProviderLibrary", "onnxruntime_providers_shared");
        call("load", "onnxruntime");
        call("load", "onnxruntime4j_jni");
        long table = (long) call("initialiseAPIBase", apiVersion());
        if (table == 0) {
            throw new LlmAdaptException("ONNX Runtime's Java classes and its libraries in " + folder
                    + " are of different versions; take both from one artifact");
        }
        long training = (long) call(
                "initialiseTrainingAPIBase",
                table,
                field("ORT_TRAINING_API_VERSION_1").getInt(null));
        field("ortApiHandle").setLong(null, table);
        field("ortTrainingApiHandle").setLong(null, training);
        field("ortCompileApiHandle").setLong(null, (long) call("initialiseCompileAPIBase", table));
        field("trainingEnabled").setBoolean(null, training != 0);
        field("providers").set(null, call("initialiseProviders", table));
        field("version").set(null, call("initialiseVersion"));
        field("loaded").setBoolean(null, true);
    }

    /** The newest version of the C interface that these classes know. */
    private int apiVersion() {
        return Arrays.stream(type.getDeclaredFields())
                .map(Field::getName)
                .filter(name -> name.matches("ORT_API_VERSION_\\d+"))
                .mapToInt(name -> Integer.parseInt(name.substring(name.lastIndexOf('_') + 1)))
                .max()
                .orElseThrow();
    }

    private Field field(String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private Object call(String name, Object... arguments) throws ReflectiveOperationException {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                method.setAccessible(true);
                try {
                    return method.invoke(null, arguments);
                } catch (InvocationTargetException e) {
                    if (e.getCause() instanceof Error error) { // such as a library that cannot be loaded
                        throw error;
                    }
                    throw new ReflectiveOperationException(name + " failed: " + e.getCause(), e.getCause());
                }
            }
        }
        throw new NoSuchMethodException(name);
    }
}
