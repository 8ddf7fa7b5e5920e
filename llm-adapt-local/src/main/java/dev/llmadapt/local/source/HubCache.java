package dev.llmadapt.local.source;

import dev.llmadapt.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One repository in Hugging Face's own cache, in the layout of {@code huggingface_hub}, so that Python finds what was
 * fetched here and the reverse: contents in {@code blobs/ETAG}, each commit's files in {@code snapshots/COMMIT} as
 * relative links to them, the commit of a branch or tag in {@code refs/NAME}, and in {@code .no_exist/COMMIT} empty
 * files for what a commit is known not to have. Where links are not possible, the contents stand in the snapshot.
 *
 * @param hub the folder of all repositories
 * @param folder this repository's, {@code models--organisation--name}
 * @param records where the sizes of what was fetched are noted, outside of the hub's cache
 * @param links whether to try links at all
 */
record HubCache(Path hub, Path folder, Path records, boolean links) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._=+-]{0,200}");
    private static final int LARGEST_RECORD = 1 << 20;

    static HubCache of(Environment environment, String repository) {
        Path hub = hub(environment);
        String name = "models--" + repository.replace("/", "--");
        return new HubCache(
                hub,
                hub.resolve(name),
                environment.cache().resolve("models").resolve("huggingface").resolve(name),
                !environment.says("HF_HUB_DISABLE_SYMLINKS"));
    }

    private static Path hub(Environment environment) {
        Path older =
                environment.folder("HUGGINGFACE_HUB_CACHE", home(environment).resolve("hub"));
        return environment.folder("HF_HUB_CACHE", older).toAbsolutePath().normalize();
    }

    /** Hugging Face's folder, which also holds the token of {@code hf auth login}. */
    static Path home(Environment environment) {
        Path cache = environment.folder("XDG_CACHE_HOME", environment.home().resolve(".cache"));
        return environment.folder("HF_HOME", cache.resolve("huggingface"));
    }

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /** The commit that a revision was when it was fetched. */
    Optional<String> commit(String revision) throws IOException {
        if (isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = folder.resolve("refs").resolve(revision);
        if (!Files.isRegularFile(ref) || Files.size(ref) > 100) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(ref).strip()).filter(HubCache::isCommit);
    }

    /** Notes what commit a branch or tag is. */
    void reference(String revision, String commit) throws IOException {
        if (!isCommit(revision)) {
            Path ref = folder.resolve("refs").resolve(revision);
            Files.createDirectories(ref.getParent());
            AtomicFiles.write(ref, commit); // no line end: Python takes all of it
        }
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /**
     * Where a content goes.
     *
     * @param etag what the hub calls it
     */
    Path blob(String etag) throws Http.FinalException {
        if (!ETAG.matcher(etag).matches()) {
            throw new Http.FinalException("the hub calls a file's content '"
                    + etag.substring(0, Math.min(60, etag.length())).replaceAll("[^ -~]", "?")
                    + "', which is no ETag that can be a file's name");
        }
        return folder.resolve("blobs").resolve(etag);
    }

    /**
     * Where a content is while it arrives. Not the name that Python's client gives it: their locks and ours do not see
     * each other, and two must not write into one file.
     */
    Path incomplete(String etag) throws Http.FinalException {
        Path blob = blob(etag);
        return blob.resolveSibling(blob.getFileName() + ".llm-adapt.incomplete");
    }

    /**
     * The file that one process at a time holds while it fetches; among those of Python's client, which it passes over.
     */
    Path lock() {
        return hub.resolve(".locks").resolve(folder.getFileName()).resolve("llm-adapt.lock");
    }

    /**
     * Lets a content be seen in a snapshot.
     *
     * @param fresh whether no other snapshot has it, so that it may be moved where links are not possible
     */
    void show(Path blob, Path pointer, boolean fresh) throws IOException {
        Files.createDirectories(pointer.getParent());
        if (links && link(blob, pointer)) {
            return;
        }
        if (fresh) {
            AtomicFiles.move(blob, pointer);
            return;
        }
        Path copy = pointer.resolveSibling("." + pointer.getFileName() + ".new");
        Files.copy(blob, copy, StandardCopyOption.REPLACE_EXISTING);
        AtomicFiles.move(copy, pointer);
    }

    private static boolean link(Path blob, Path pointer) throws IOException {
        Path from = Objects.requireNonNull(pointer.getParent(), "a file has a folder");
        Path target = from.relativize(blob);
        try {
            Files.deleteIfExists(pointer);
            Files.createSymbolicLink(pointer, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            // Python's client was faster; it links to the same content.
            if (Files.isRegularFile(pointer) && Files.isSameFile(pointer, blob)) {
                return true;
            }
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            return false; // Windows without the right to, or a file system without links
        }
    }

    /** Notes that a commit does not have a file. */
    void markAbsent(String commit, String name) throws IOException {
        Path mark = folder.resolve(".no_exist").resolve(commit).resolve(name);
        Files.createDirectories(mark.getParent());
        if (!Files.exists(mark)) {
            Files.write(mark, new byte[0]);
        }
    }

    /** Notes which files were fetched, and how large they are. */
    void record(String commit, String ggufFile, Set<String> names) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            lines.append(Files.size(snapshot(commit).resolve(name)))
                    .append(' ')
                    .append(name)
                    .append('\n');
        }
        Path record = recordOf(commit, ggufFile);
        Files.createDirectories(record.getParent());
        AtomicFiles.write(record, lines.toString());
    }

    /** Whether every file that was fetched for a snapshot is still as large as it arrived; also when none is noted. */
    boolean isAsRecorded(String commit, String ggufFile) throws IOException {
        Path record = recordOf(commit, ggufFile);
        if (!Files.isRegularFile(record)) {
            return true;
        }
        if (Files.size(record) > LARGEST_RECORD) {
            return false;
        }
        List<String> lines = Files.readAllLines(record);
        for (String line : lines) {
            int space = line.indexOf(' ');
            Path file = snapshot(commit).resolve(line.substring(space + 1));
            if (space < 0
                    || !Files.isRegularFile(file)
                    || !line.substring(0, space).equals(Long.toString(Files.size(file)))) {
                return false;
            }
        }
        return true;
    }

    private Path recordOf(String commit, String ggufFile) {
        return records.resolve(commit + (ggufFile.isEmpty() ? "" : "--" + ggufFile.replace("/", "--")) + ".sizes");
    }
}
