package dev.llmadapt.natives;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ONNX Runtime engine, started so that it unpacks nothing, sends nothing, and lives as long as the process.
 *
 * <ul>
 *   <li>Its libraries are loaded from the cache folder, where it would unpack them into a temporary folder at each
 *       start: 32 MB, and 583 MB more with CUDA. The system property {@code onnxruntime.native.path} names the folder
 *       to it.
 *   <li>From 1.29.0 on it sends usage data to its maker on Linux and macOS, unless an environment variable says
 *       otherwise. Preparing them also overflows the stack where the process has a long command line, such as a class
 *       path.
 *   <li>Its Java classes free the environment in a shutdown hook, while other threads may be inside of a run: a crash.
 *       The environment counts its references, so one more, which nobody gives back, keeps it.
 * </ul>
 */
public final class OnnxRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);
    private static final String PATH = "onnxruntime.native.path";
    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";
    private static final String FOLDER = "ai/onnxruntime/native/";
    private static final String CORE = "onnxruntime";
    private static final List<String> NEEDED = List.of(CORE, "onnxruntime4j_jni");
    private static final String SHARED = "onnxruntime_providers_shared";
    private static final List<String> PROVIDERS =
            List.of("onnxruntime_providers_cuda", "onnxruntime_providers_tensorrt");
    private static final int CREATE_ENV = 3; // places in the table OrtApi of onnxruntime_c_api.h, which later versions
    private static final int GET_ERROR_MESSAGE = 2; // only lengthen
    private static final int RELEASE_STATUS = 93;
    private static final int LOG_WARNINGS = 2;
    private static final OrtLoggingLevel LOG_LEVEL = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    private static @Nullable OnnxRuntime started;

    private final Pointer table;
    private final Pointer environment;
    private final Optional<ThreadPool> pool;

    private OnnxRuntime(Pointer table, Pointer environment, Optional<ThreadPool> pool) {
        this.table = table;
        this.environment = environment;
        this.pool = pool;
    }

    /**
     * Starts ONNX Runtime for one who needs no threads of it, or returns the one that runs already: as
     * {@link #start(ThreadPool)} with a thread for each processor.
     *
     * @throws LlmAdaptException if its libraries cannot be unpacked or loaded
     */
    public static OnnxRuntime start() {
        return start(new ThreadPool(Runtime.getRuntime().availableProcessors(), true));
    }

    /**
     * Starts ONNX Runtime, or returns the one that runs already. Call it before the first use of ONNX Runtime's own
     * classes; further calls are cheap. Settings of the program ({@code onnxruntime.native.path},
     * {@code ORT_DISABLE_TELEMETRY}) are kept, and if the program has started ONNX Runtime itself, that one is used.
     * Thread-safe.
     *
     * @param wanted the threads that sessions of the process are to share; kept where ONNX Runtime is started by this
     *     call, see {@link #pool()}
     * @throws LlmAdaptException if its libraries cannot be unpacked or loaded
     */
    public static synchronized OnnxRuntime start(ThreadPool wanted) {
        OnnxRuntime running = started;
        if (running == null) {
            Jna.load();
            sendNothing();
            if (System.getProperty(PATH) == null) {
                warnOfTwo();
                find(hasNvidiaDriver())
                        .ifPresent(library -> System.setProperty(
                                PATH, library.unpacked(CacheFolders.ofProcess()).toString()));
            }
            running = hold(wanted);
            started = running;
        }
        return running;
    }

    /** ONNX Runtime's C interface: a table of functions. */
    public Pointer table() {
        return table;
    }

    /** ONNX Runtime's environment, the one that its Java classes use. */
    public Pointer environment() {
        return environment;
    }

    /**
     * The threads that sessions of this process may share, of the first call of {@link #start(ThreadPool)}; empty where
     * the program has made ONNX Runtime's environment itself, which has none then that are known here.
     */
    public Optional<ThreadPool> pool() {
        return pool;
    }

    /** Loads ONNX Runtime and keeps its environment until the process ends. */
    private static OnnxRuntime hold(ThreadPool wanted) {
        try {
            OnnxRuntimeClasses classes = new OnnxRuntimeClasses();
            String folder = System.getProperty(PATH);
            Path temporary = Path.of(System.getProperty("java.io.tmpdir", ""));
            if (folder != null && !Files.isWritable(temporary)) {
                classes.startIn(folder, temporary);
            }
            Optional<ThreadPool> pool = environment(wanted);
            Pointer table = classes.table();
            PointerByReference made = new PointerByReference();
            Pointer status = function(table, CREATE_ENV).invokePointer(new Object[] {LOG_WARNINGS, "llm-adapt", made});
            if (status != null) {
                String message = function(table, GET_ERROR_MESSAGE)
                        .invokePointer(new Object[] {status})
                        .getString(0, "UTF-8");
                function(table, RELEASE_STATUS).invokeVoid(new Object[] {status});
                throw new LlmAdaptException("ONNX Runtime's environment cannot be held: " + message);
            }
            return new OnnxRuntime(table, made.getValue(), pool);
        } catch (ReflectiveOperationException e) {
            throw new LlmAdaptException(
                    "this version of ONNX Runtime's Java classes is not known, expected one like 1.29: "
                            + e.getMessage(),
                    e);
        } catch (OrtException e) {
            throw new LlmAdaptException("ONNX Runtime cannot make " + wanted + ": " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw LibraryFolder.notLoaded(
                    "ONNX Runtime's libraries from " + System.getProperty(PATH, "a temporary folder"), e);
        }
    }

    /** Makes ONNX Runtime's environment with a pool of threads; without one where the program has made it before. */
    private static Optional<ThreadPool> environment(ThreadPool wanted) throws OrtException {
        try (OrtEnvironment.ThreadingOptions threads = new OrtEnvironment.ThreadingOptions()) {
            threads.setGlobalIntraOpNumThreads(wanted.threads());
            threads.setGlobalInterOpNumThreads(1);
            threads.setGlobalSpinControl(wanted.spinning());
            OrtEnvironment.getEnvironment(LOG_LEVEL, OrtEnvironment.DEFAULT_NAME, threads);
            return Optional.of(wanted);
        } catch (IllegalStateException e) { // it is there already
            OrtEnvironment.getEnvironment();
            return Optional.empty();
        }
    }

    private static Function function(Pointer table, int place) {
        return Function.getFunction(table.getPointer((long) place * Native.POINTER_SIZE));
    }

    /**
     * Sets, by the C library, the environment variable that turns telemetry off; it is read when the environment is
     * made.
     */
    private static void sendNothing() {
        if (System.getenv(NO_TELEMETRY) != null || Platform.isWindows()) {
            return;
        }
        try {
            Function.getFunction(Platform.C_LIBRARY_NAME, "setenv").invokeInt(new Object[] {NO_TELEMETRY, "1", 1});
        } catch (RuntimeException | LinkageError e) {
            LOG.warn(
                    "ONNX Runtime cannot be told to send no usage data, set the environment variable {}=1: {}",
                    NO_TELEMETRY,
                    e.toString());
        }
    }

    private static void warnOfTwo() {
        try {
            List<?> found = Collections.list(
                    OrtEnvironment.class.getClassLoader().getResources("ai/onnxruntime/OrtEnvironment.class"));
            if (found.size() > 1) {
                LOG.warn(
                        "ONNX Runtime is there more than once, and which one is loaded is chance: {}; take one of the"
                                + " artifacts onnxruntime and onnxruntime_gpu out (docs/guides/cpu-only.md)",
                        found);
            }
        } catch (IOException e) {
            LOG.debug("the class path cannot be searched", e);
        }
    }

    /**
     * Finds ONNX Runtime's files for this platform; empty where it has none, which ONNX Runtime reports itself.
     *
     * @param cuda whether to include the CUDA and TensorRT providers, where the jar has them
     */
    private static Optional<LibraryFolder> find(boolean cuda) {
        Optional<String> platform = LibraryFolder.platform("x64");
        if (platform.isEmpty()) {
            return Optional.empty();
        }
        try {
            return find(OrtEnvironment.class.getClassLoader(), platform.get(), cuda);
        } catch (IOException e) {
            throw new LlmAdaptException("ONNX Runtime's libraries cannot be read from their jar: " + e.getMessage(), e);
        }
    }

    /** Finds ONNX Runtime's files for a platform by a class loader. */
    static Optional<LibraryFolder> find(ClassLoader loader, String platform, boolean cuda) throws IOException {
        List<LibraryFolder.Resource> files = new ArrayList<>();
        for (String library : NEEDED) {
            resource(loader, platform, library).ifPresent(files::add);
        }
        if (files.size() < NEEDED.size()) {
            return Optional.empty();
        }
        resource(loader, platform, SHARED).ifPresent(files::add);
        if (cuda) {
            for (String provider : PROVIDERS) {
                resource(loader, platform, provider).ifPresent(files::add);
            }
        }
        return Optional.of(new LibraryFolder("onnxruntime", platform, files));
    }

    private static Optional<LibraryFolder.Resource> resource(ClassLoader loader, String platform, String library)
            throws IOException {
        return LibraryFolder.Resource.find(loader, FOLDER + platform + "/" + System.mapLibraryName(library));
    }

    /**
     * Whether an NVIDIA driver is loaded, so that CUDA's libraries could be of use; asking the driver itself is slow.
     */
    private static boolean hasNvidiaDriver() {
        String windows = System.getenv("SystemRoot");
        return Files.exists(Path.of("/dev/nvidiactl"))
                || Files.exists(Path.of("/dev/dxg"))
                || (windows != null && Files.exists(Path.of(windows, "System32", "nvcuda.dll")));
    }
}
