package dev.llmadapt.natives;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.files.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A library's files, unpacked from its jar into {@code native/NAME-VERSION-PLATFORM-CRC} of a cache folder, once for
 * all processes; a cache that holds them already is only read. Any jar that the class loader can read will do, also one
 * within another.
 *
 * @param name the name of the library, for the folder
 * @param platform the operating system and processor, for the folder
 * @param files the library's files for this platform; the first gives the folder its version and checksum
 */
record LibraryFolder(String name, String platform, List<Resource> files) {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryFolder.class);

    /**
     * A file of a library.
     *
     * @param url its address inside the jar
     * @param fileName its name
     * @param size its size in bytes
     * @param crc its CRC-32
     * @param version the version of the jar, from its manifest
     */
    record Resource(URL url, String fileName, long size, long crc, String version) {
        /** Finds a file by a class loader; empty where it has none of that name. */
        static Optional<Resource> find(ClassLoader loader, String path) throws IOException {
            URL url = loader.getResource(path);
            if (url == null) {
                return Optional.empty();
            }
            String fileName = path.substring(path.lastIndexOf('/') + 1);
            URLConnection connection = url.openConnection();
            if (connection instanceof JarURLConnection jar && jar.getJarEntry() != null) {
                Attributes manifest = jar.getMainAttributes();
                String version = manifest == null ? null : manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
                version = version == null && manifest != null
                        ? manifest.getValue(Attributes.Name.SPECIFICATION_VERSION)
                        : version;
                return Optional.of(new Resource(
                        url,
                        fileName,
                        jar.getJarEntry().getSize(),
                        jar.getJarEntry().getCrc(),
                        version == null ? "unknown" : version.split(" ", 2)[0]));
            }
            CRC32 crc = new CRC32();
            try (InputStream in = new CheckedInputStream(connection.getInputStream(), crc)) {
                long size = in.transferTo(OutputStream.nullOutputStream());
                return Optional.of(new Resource(url, fileName, size, crc.getValue(), "unknown"));
            }
        }

        /**
         * Whether the file is there, by its size: it came by an atomic move, so it is whole or not there. One that this
         * user may not read is not.
         */
        private boolean isIn(Path folder) {
            Path file = folder.resolve(fileName);
            return file.toFile().length() == size && Files.isReadable(file);
        }

        private void unpack(Path folder) throws IOException {
            Path target = folder.resolve(fileName);
            LOG.info("unpacking {} ({} MB) into {}, once", fileName, size >> 20, folder);
            Path part = AtomicFiles.createPart(target);
            try {
                CRC32 sum = new CRC32();
                try (InputStream in = new CheckedInputStream(url.openStream(), sum);
                        OutputStream out = Files.newOutputStream(part)) {
                    in.transferTo(out);
                }
                if (sum.getValue() != crc) {
                    throw new IOException("the checksum of " + url + " is wrong");
                }
                AtomicFiles.move(part, target);
            } catch (IOException e) {
                if (!isIn(folder)) { // another process may have been faster, and may have loaded it by now
                    throw e;
                }
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }

    /**
     * This operating system and processor as jars name them; empty where none of the libraries is built for it.
     *
     * @param x64 the name of 64-bit Intel processors
     */
    static Optional<String> platform(String x64) {
        return platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), x64);
    }

    static Optional<String> platform(String osName, String osArch, String x64) {
        String name = osName.toLowerCase(Locale.ROOT);
        String os = name.contains("mac") ? "osx" : name.contains("win") ? "win" : name.contains("nux") ? "linux" : "";
        String arch = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> x64;
            case "aarch64", "arm64" -> "aarch64";
            default -> "";
        };
        return os.isEmpty() || arch.isEmpty() ? Optional.empty() : Optional.of(os + "-" + arch);
    }

    /** The exception for a library that is unpacked and cannot be loaded. */
    static LlmAdaptException notLoaded(String library, Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new LlmAdaptException(
                library + " cannot be loaded: " + root.getMessage()
                        + "; where its folder may not hold programs (noexec), " + CacheFolders.ADVICE,
                cause);
    }

    /** The folder's name. */
    private String folderName() {
        Resource first = files.get(0);
        return name + "-" + first.version().replaceAll("[^A-Za-z0-9.-]", "_") + "-" + platform + "-"
                + Long.toHexString(first.crc());
    }

    /**
     * The folder that holds all files, unpacked into it where they are missing.
     *
     * @throws LlmAdaptException if no cache folder has the files and none can take them; its message names each folder
     */
    Path unpacked(CacheFolders cache) {
        List<IOException> failures = new ArrayList<>();
        StringBuilder tried = new StringBuilder();
        for (CacheFolders.Candidate candidate : cache.candidates()) {
            Path folder = candidate.path().resolve("native").resolve(folderName());
            try {
                if (candidate.shared()) {
                    requireOwn(candidate.path());
                }
                for (Resource file : files) {
                    if (!file.isIn(folder)) {
                        Files.createDirectories(folder);
                        file.unpack(folder);
                    }
                }
                if (!failures.isEmpty()) {
                    LOG.warn("native libraries go to {}, since others could not be written:{}", folder, tried);
                }
                return folder;
            } catch (IOException | UnsupportedOperationException e) {
                failures.add(e instanceof IOException io ? io : new IOException(e));
                tried.append(tried.isEmpty() ? " " : "; ")
                        .append(candidate.path())
                        .append(" (")
                        .append(candidate.origin())
                        .append("): ")
                        .append(e);
            }
        }
        LlmAdaptException refused = new LlmAdaptException(
                "the native library " + name + " can be unpacked into none of the cache folders; " + CacheFolders.ADVICE
                        + "; a cache that was filled before may be read-only. Tried" + tried,
                failures.get(0));
        failures.stream().skip(1).forEach(refused::addSuppressed);
        throw refused;
    }

    /**
     * Creates a folder that nobody else can write to, or checks that it is one, since its files will be run as code.
     */
    private static void requireOwn(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (Files.getFileAttributeView(parent, PosixFileAttributeView.class) == null) {
            Files.createDirectories(folder); // on Windows the folder for temporary files is the user's own
            return;
        }
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return;
        }
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Path probe = AtomicFiles.createPart(folder);
        try {
            if (!attributes.isDirectory()
                    || !attributes.owner().equals(Files.getOwner(probe))
                    || attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException("it does not belong to this user alone");
            }
        } finally {
            Files.deleteIfExists(probe);
        }
    }
}
