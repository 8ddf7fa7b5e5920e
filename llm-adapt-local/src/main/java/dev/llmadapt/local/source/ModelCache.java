package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cached file and the record beside it: {@code NAME.sha256} holds the SHA-256 and the size that were true when the
 * file arrived. At each start the size is compared, which is cheap and finds what a full disk or a killed copy does;
 * the hash is computed once.
 */
final class ModelCache {
    private static final Pattern RECORD = Pattern.compile("([0-9a-f]{64}) ([0-9]{1,18})\\R?");

    private ModelCache() {}

    /** Puts a file's content into a partial file. */
    interface Fetcher {
        Content fetch(Path part) throws IOException;
    }

    /** The file, if it is there and as recorded. */
    static Optional<Path> cached(Path target, String sha256) throws IOException {
        Path record = record(target);
        if (!Files.isRegularFile(target) || !Files.isRegularFile(record) || Files.size(record) > 1000) {
            return Optional.empty();
        }
        Matcher matcher = RECORD.matcher(Files.readString(record));
        boolean good = matcher.matches()
                && Long.parseLong(matcher.group(2)) == Files.size(target)
                && (sha256.isEmpty() || sha256.equals(matcher.group(1)));
        return good ? Optional.of(target) : Optional.empty();
    }

    /**
     * The file; fetched if it is not there, or not as recorded.
     *
     * @param sha256 what it must be, or empty
     */
    static Path obtain(Path target, String sha256, Progress progress, Fetcher fetcher) throws IOException {
        Optional<Path> ready = cached(target, sha256);
        if (ready.isPresent()) {
            return ready.get();
        }
        Path lock = target.resolveSibling("." + target.getFileName() + ".lock");
        return Disk.locked(lock, progress, () -> {
            // Another may have fetched it while this one waited.
            Optional<Path> meanwhile = cached(target, sha256);
            if (meanwhile.isPresent()) {
                return meanwhile.get();
            }
            if (adopt(target, sha256, progress)) {
                return target;
            }
            Path part = target.resolveSibling("." + target.getFileName() + ".part");
            Content content = fetcher.fetch(part);
            Content expected = new Content(sha256, -1);
            if (!expected.allows(content) || Files.size(part) != content.size()) {
                Files.deleteIfExists(part);
                throw new Http.FinalException(target.getFileName() + " arrived with " + content.shown() + ", expected "
                        + expected.shown() + "; it was deleted");
            }
            Files.deleteIfExists(record(target));
            AtomicFiles.move(part, target);
            remember(target, content);
            return target;
        });
    }

    /** Accepts a file without a record, put there by hand or by a process killed between two moves, by its hash. */
    private static boolean adopt(Path target, String sha256, Progress progress) throws IOException {
        if (sha256.isEmpty() || !Files.isRegularFile(target)) {
            return false;
        }
        progress.report("check " + target.getFileName(), 0, Files.size(target));
        Content content = Content.of(target);
        if (!content.sha256().equals(sha256)) {
            return false;
        }
        remember(target, content);
        return true;
    }

    private static void remember(Path target, Content content) throws IOException {
        AtomicFiles.write(record(target), content.sha256() + " " + content.size() + "\n");
    }

    private static Path record(Path target) {
        return target.resolveSibling(target.getFileName() + ".sha256");
    }
}
