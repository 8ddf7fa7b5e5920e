package dev.llmadapt.spark;

import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The files of a small folder, such as an adapter's or a saved strategy's, to be broadcast: executors need not see the
 * file system that it is on. Immutable, and thread-safe.
 *
 * <pre>{@code
 * Broadcast<FolderBytes> adapter = context.broadcast(FolderBytes.read(folder));
 * // in an executor:
 * PeftAdapter read = PeftAdapter.read(adapter.value().unpacked(), "bank");
 * }</pre>
 */
public final class FolderBytes implements Serializable {
    /** The most bytes of a folder: what is broadcast is held in memory by the driver and by each executor. */
    public static final long MOST_BYTES = 1L << 30;

    @Serial
    private static final long serialVersionUID = 1L;

    private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

    private final TreeMap<String, byte[]> files;
    private final String hash;

    private FolderBytes(Map<String, byte[]> files) {
        this.files = new TreeMap<>(files);
        this.hash = hash(this.files);
    }

    /**
     * Reads a folder with all folders in it. Links are not followed.
     *
     * @throws LlmAdaptException if it is none, is empty, holds more than {@link #MOST_BYTES}, or cannot be read
     */
    public static FolderBytes read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new LlmAdaptException(folder.toAbsolutePath()
                    + (Files.exists(folder) ? " is a file; name the folder that it is in" : " does not exist"));
        }
        Map<String, byte[]> files = new TreeMap<>();
        long bytes = 0;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                if (Files.isSymbolicLink(file)) {
                    continue;
                }
                bytes += Files.size(file);
                if (bytes > MOST_BYTES) {
                    throw new LlmAdaptException("the folder " + folder + " has more than " + (MOST_BYTES >> 20)
                            + " MB, which is too much to broadcast; put it where all executors see it, and name its"
                            + " path");
                }
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new LlmAdaptException("the folder " + folder + " cannot be read: " + e, e);
        }
        if (files.isEmpty()) {
            throw new LlmAdaptException("the folder " + folder + " has no files");
        }
        return new FolderBytes(files);
    }

    /** The bytes of all files. */
    public long size() {
        return files.values().stream().mapToLong(each -> each.length).sum();
    }

    /** The paths of the files, below the folder. */
    public List<String> names() {
        return List.copyOf(files.keySet());
    }

    /**
     * The folder, as a temporary one of this process that is deleted when the process ends. Folders with the same files
     * are one.
     *
     * @throws LlmAdaptException if it cannot be written
     */
    public Path unpacked() {
        return UNPACKED.computeIfAbsent(hash, each -> write(files));
    }

    private static Path write(SortedMap<String, byte[]> files) {
        try {
            Path folder = Files.createTempDirectory("llm-adapt-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                Path file = folder.resolve(each.getKey()).normalize();
                if (!file.startsWith(folder)) {
                    throw new LlmAdaptException("the file '" + each.getKey() + "' is not inside its folder");
                }
                Files.createDirectories(file.resolveSibling("."));
                Files.write(file, each.getValue());
            }
            return folder;
        } catch (IOException e) {
            throw new LlmAdaptException("a folder that was broadcast cannot be unpacked: " + e, e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            // the process ends; what is left is in the temporary folder
        }
    }

    private static String hash(SortedMap<String, byte[]> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach((name, bytes) -> {
                digest.update((name + "\n" + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number of files and their bytes. */
    @Override
    public String toString() {
        return files.size() + " files, " + size() + " bytes";
    }
}
