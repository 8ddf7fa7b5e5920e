package dev.llmadapt.peft.runtime;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import dev.llmadapt.Progress;
import dev.llmadapt.peft.InferenceException;
import dev.llmadapt.peft.source.Disk;
import dev.llmadapt.peft.source.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks ONNX Runtime's native libraries once for all processes of a user, where ONNX Runtime would unpack them into a
 * temporary folder at each start: 32 MB, and 583 MB more with CUDA. They go to
 * {@code native/onnxruntime-VERSION-PLATFORM-CRC} in the cache folder, and the system property
 * {@code onnxruntime.native.path} names them to ONNX Runtime.
 *
 * <p>Also keeps ONNX Runtime from sending usage data, and DJL's tokenizers, which carry a library for the CPU and unpack
 * it once by themselves, from downloading one for CUDA: a local model opens no socket.
 */
public final class NativeLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);
    private static final String PATH = "onnxruntime.native.path";
    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";
    private static final String FOLDER = "ai/onnxruntime/native/";
    private static final List<String> NEEDED = List.of("onnxruntime", "onnxruntime4j_jni");
    private static final List<String> PROVIDERS =
            List.of("onnxruntime_providers_cuda", "onnxruntime_providers_tensorrt");

    private NativeLibraries() {}

    /**
     * To be called before the first class of ONNX Runtime is touched; cheap when all is in place. What the user set
     * ({@code onnxruntime.native.path}, {@code RUST_FLAVOR}, {@code ORT_DISABLE_TELEMETRY}) stays. Where anything is unusual (a repackaged jar, a
     * cache that cannot be written) it does nothing but log, and ONNX Runtime does what it always does.
     */
    public static synchronized void prepare() {
        if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
        sendNothing();
        if (System.getProperty(PATH) != null) {
            return;
        }
        try {
            Environment environment = Environment.ofProcess();
            Optional<String> platform = platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
            Optional<Path> jar = platform.isPresent() ? jar(platform.get()) : Optional.empty();
            if (jar.isEmpty()) {
                LOG.debug("ONNX Runtime's libraries are not in a plain jar file, it will unpack them itself");
                return;
            }
            Path folder = unpack(jar.get(), platform.get(), hasNvidiaDriver(environment), environment.cache());
            System.setProperty(PATH, folder.toString());
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "ONNX Runtime's libraries cannot be kept in the cache, so each start unpacks them anew: {}",
                    e.toString());
        }
    }

    /**
     * Keeps ONNX Runtime from sending usage data to its maker, which on Linux and macOS it does from 1.29.0 on unless an
     * environment variable says otherwise; read when its environment is made. Preparing that data also overflows the stack
     * where the process has a long command line, such as a class path.
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

    /**
     * The library that ONNX Runtime's Java classes load; to be called after {@link #prepare}.
     *
     * @throws InferenceException if it is not known which
     */
    static Path core() {
        String folder = System.getProperty(PATH);
        if (folder == null) {
            throw new InferenceException(
                    "where ONNX Runtime's library is unpacked to is not known, which a device other"
                            + " than the CPU needs; unpack the libraries of its jar into a folder and name that in the system"
                            + " property " + PATH);
        }
        return Path.of(folder).resolve(System.mapLibraryName("onnxruntime"));
    }

    /** The name of this platform in ONNX Runtime's jars, if they have it. */
    static Optional<String> platform(String osName, String osArch) {
        String name = osName.toLowerCase(Locale.ROOT);
        String os = name.contains("mac") ? "osx" : name.contains("win") ? "win" : name.contains("nux") ? "linux" : "";
        String arch = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x64";
            case "aarch64", "arm64" -> "aarch64";
            default -> "";
        };
        return os.isEmpty() || arch.isEmpty() ? Optional.empty() : Optional.of(os + "-" + arch);
    }

    private static Optional<Path> jar(String platform) throws IOException {
        String resource = FOLDER + platform + "/" + System.mapLibraryName("onnxruntime");
        URL url = NativeLibraries.class.getClassLoader().getResource(resource);
        if (url == null || !url.getProtocol().equals("jar")) {
            return Optional.empty();
        }
        URLConnection connection = url.openConnection();
        if (!(connection instanceof JarURLConnection jarConnection)
                || !jarConnection.getJarFileURL().getProtocol().equals("file")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(jarConnection.getJarFileURL().toURI()));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether CUDA's libraries could be of use: a driver is loaded. Asking it costs more than looking. */
    private static boolean hasNvidiaDriver(Environment environment) {
        String windows = environment.get("SystemRoot");
        return Files.exists(Path.of("/dev/nvidiactl"))
                || Files.exists(Path.of("/dev/dxg"))
                || (!windows.isEmpty() && Files.exists(Path.of(windows, "System32", "nvcuda.dll")));
    }

    /**
     * The folder with a jar's libraries for a platform, all of them whole.
     *
     * @param cuda whether to include the CUDA and TensorRT providers, where the jar has them
     */
    static Path unpack(Path jar, String platform, boolean cuda, Path cache) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            List<JarEntry> entries = new ArrayList<>();
            for (String library : NEEDED) {
                entries.add(entry(file, platform, library)
                        .orElseThrow(() -> new IOException(jar + " has no " + library + " for " + platform)));
            }
            entry(file, platform, "onnxruntime_providers_shared").ifPresent(entries::add);
            if (cuda) {
                PROVIDERS.forEach(provider -> entry(file, platform, provider).ifPresent(entries::add));
            }
            Attributes attributes = file.getManifest() == null
                    ? new Attributes()
                    : file.getManifest().getMainAttributes();
            String version = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            String name = "onnxruntime-"
                    + (version == null ? "unknown" : version.replaceAll("[^A-Za-z0-9.-]", "_"))
                    + "-" + platform + "-" + Long.toHexString(entries.get(0).getCrc());
            Path folder = cache.resolve("native").resolve(name);
            if (!entries.stream().allMatch(entry -> isThere(folder, entry))) {
                Disk.locked(folder.resolve(".lock"), Progress.NONE, () -> {
                    for (JarEntry entry : entries) {
                        if (!isThere(folder, entry)) {
                            unpack(file, entry, folder);
                        }
                    }
                    return folder;
                });
            }
            return folder;
        }
    }

    private static Optional<JarEntry> entry(JarFile file, String platform, String library) {
        return Optional.ofNullable(file.getJarEntry(FOLDER + platform + "/" + System.mapLibraryName(library)));
    }

    private static Path target(Path folder, JarEntry entry) {
        return folder.resolve(entry.getName().substring(entry.getName().lastIndexOf('/') + 1));
    }

    /** By its size: it came by an atomic move, so it is whole or not there. */
    private static boolean isThere(Path folder, JarEntry entry) {
        return target(folder, entry).toFile().length() == entry.getSize();
    }

    private static void unpack(JarFile file, JarEntry entry, Path folder) throws IOException {
        Path target = target(folder, entry);
        LOG.info("unpacking {} ({} MB) into {}, once", target.getFileName(), entry.getSize() >> 20, folder);
        Path part = Files.createTempFile(folder, ".", ".part");
        try {
            CRC32 crc = new CRC32();
            try (InputStream in = new CheckedInputStream(file.getInputStream(entry), crc);
                    OutputStream out = Files.newOutputStream(part)) {
                in.transferTo(out);
            }
            if (crc.getValue() != entry.getCrc()) {
                throw new IOException("the checksum of " + entry.getName() + " in " + file.getName() + " is wrong");
            }
            Disk.move(part, target);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
