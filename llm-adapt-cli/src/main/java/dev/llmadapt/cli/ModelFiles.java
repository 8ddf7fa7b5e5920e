package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.CacheType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a model on this machine.
 *
 * @param weightBytes the memory that its weights take: the size of the files, twice that where they hold 16-bit floats
 *     that are widened; 0 where it is not known
 * @param content tells it from another model, or from this one computed otherwise: SHA-256 over the files, precision,
 *     device and chat template; empty where it is not known
 */
record ModelFiles(long weightBytes, String content) {
    static final ModelFiles UNKNOWN = new ModelFiles(0, "");

    private static final Pattern HALF = Pattern.compile("\"(torch_)?dtype\"\\s*:\\s*\"(b?float16)\"");
    private static final long MAX_CONFIG = 1 << 20;

    /**
     * Reads all files to their end.
     *
     * @param checkpoint a file, or a folder, whose own folders are left out
     * @param choice how it is computed
     */
    static ModelFiles read(Path checkpoint, ModelChoice choice, Progress progress) {
        try {
            List<Path> files = files(checkpoint);
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            MessageDigest digest = Sha256.newDigest();
            long read = 0;
            for (Path file : files) {
                progress.report("check " + checkpoint.getFileName(), read, bytes);
                add(digest, file.getFileName() + " " + Sha256.of(file));
                read += Files.size(file);
            }
            String cache = choice.cacheType() == CacheType.AS_COMPUTED ? "" : " cache " + choice.cacheType();
            add(digest, choice.precision() + " " + choice.device() + " " + choice.chatTemplate() + cache);
            return new ModelFiles(isWidened(checkpoint, choice.precision()) ? 2 * bytes : bytes, Sha256.hex(digest));
        } catch (IOException e) {
            throw new LlmAdaptException("cannot read the model " + checkpoint + ": " + e.getMessage(), e);
        }
    }

    private static void add(MessageDigest digest, String text) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static List<Path> files(Path checkpoint) throws IOException {
        Path name = checkpoint.getFileName();
        Path folder = checkpoint.toAbsolutePath().getParent();
        if (Files.isDirectory(checkpoint)) {
            return regular(checkpoint, "");
        }
        // an exported model may have its weights in files beside it: model.onnx_data
        return name != null && folder != null && name.toString().endsWith(".onnx")
                ? regular(folder, name.toString())
                : List.of(checkpoint);
    }

    private static List<Path> regular(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isWidened(Path checkpoint, Precision precision) throws IOException {
        Path config = checkpoint.resolve("config.json");
        return (precision == Precision.AS_STORED || precision == Precision.COMPACT || precision == Precision.FP32)
                && Files.isRegularFile(config)
                && Files.size(config) <= MAX_CONFIG
                && HALF.matcher(Files.readString(config)).find();
    }
}
