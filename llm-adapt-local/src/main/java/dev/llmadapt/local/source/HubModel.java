package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A checkpoint of a Hugging Face repository, kept in Hugging Face's own cache: see {@link HubCache}. Files of different
 * commits never meet, so a fetch that breaks off is continued safely even if the branch has moved.
 *
 * @param repository {@code organisation/name}, or a bare name of the hub's early days
 * @param revision branch, tag or commit
 * @param ggufFile a {@code .gguf} file in it, or empty for the safetensors checkpoint
 * @param environment where caches, endpoint and token are
 */
public record HubModel(String repository, String revision, String ggufFile, Environment environment)
        implements ModelSource {
    private static final Pattern REPOSITORY =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?");
    private static final Pattern SEGMENTS =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*(?:/[A-Za-z0-9_][A-Za-z0-9._+-]*)*");

    /** Validates the components. */
    public HubModel {
        require(
                REPOSITORY.matcher(repository).matches(),
                "no repository is called '" + repository + "', expected organisation/name");
        require(
                SEGMENTS.matcher(revision).matches() && revision.length() <= 200,
                "no revision is called '" + revision + "', expected a branch, a tag or a commit");
        require(
                ggufFile.isEmpty() || (SEGMENTS.matcher(ggufFile).matches() && ggufFile.endsWith(".gguf")),
                "'" + ggufFile + "' is not the path of a .gguf file in a repository");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    @Override
    public Path fetch(Progress progress) {
        try {
            return obtain(progress);
        } catch (IOException e) {
            throw Failures.source("cannot get " + this, e);
        }
    }

    /** The checkpoint if it is complete in the cache, whether Python's client or this one fetched it. */
    Optional<Path> cached() throws IOException {
        HubCache cache = HubCache.of(environment, repository);
        Optional<String> commit = cache.commit(revision);
        return commit.isPresent()
                        && cache.isAsRecorded(commit.get(), ggufFile)
                        && HubFiles.isComplete(cache.snapshot(commit.get()), ggufFile)
                ? Optional.of(result(cache.snapshot(commit.get())))
                : Optional.empty();
    }

    private Path result(Path snapshot) {
        return ggufFile.isEmpty() ? snapshot : snapshot.resolve(ggufFile);
    }

    Path obtain(Progress progress) throws IOException {
        Optional<Path> ready = cached();
        if (ready.isPresent()) {
            return ready.get();
        }
        HubCache cache = HubCache.of(environment, repository);
        for (String variable : List.of("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")) {
            if (environment.says(variable)) {
                throw new Http.FinalException("it is not in the cache " + cache.hub() + ", or not all of it, and "
                        + variable + " forbids to ask the hub; unset it, or name a folder");
            }
        }
        try {
            return Disk.locked(cache.lock(), progress, () -> {
                Optional<Path> meanwhile = cached();
                return meanwhile.isPresent() ? meanwhile.get() : new HubDownload(this, cache, progress).run();
            });
        } catch (AccessDeniedException e) {
            Http.FinalException exception = new Http.FinalException("the cache " + cache.hub()
                    + " cannot be written to; name another folder in HF_HUB_CACHE or HF_HOME");
            exception.initCause(e);
            throw exception;
        }
    }

    @Override
    public String toString() {
        return "hf:" + repository + (ggufFile.isEmpty() ? "" : "/" + ggufFile) + "@" + revision;
    }
}
