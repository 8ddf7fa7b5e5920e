package dev.llmadapt.peft.source;

import dev.llmadapt.Progress;
import dev.llmadapt.peft.ModelSource;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A checkpoint of a Hugging Face repository, laid out in our cache as the hub's own client does it:
 * {@code refs/REVISION} holds the commit, {@code snapshots/COMMIT} its files. Files of different commits never meet, so
 * a fetch that breaks off is continued safely even if the branch has moved.
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
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Checks. */
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

    /** The checkpoint if it is complete in the hub's cache or in ours. */
    Optional<Path> cached() throws IOException {
        Optional<Path> theirs = snapshotIn(hubCache());
        if (theirs.isPresent() && HubFiles.isComplete(theirs.get(), ggufFile)) {
            return theirs.map(this::result);
        }
        Optional<Path> ours = snapshotIn(ours());
        return ours.isPresent() && HubFiles.isSealed(ours.get(), ggufFile) ? ours.map(this::result) : Optional.empty();
    }

    private Path result(Path snapshot) {
        return ggufFile.isEmpty() ? snapshot : snapshot.resolve(ggufFile);
    }

    private Optional<Path> snapshotIn(Path folder) throws IOException {
        Path snapshots = folder.resolve("snapshots");
        if (COMMIT.matcher(revision).matches()) {
            return Optional.of(snapshots.resolve(revision));
        }
        Path ref = folder.resolve("refs").resolve(revision);
        if (!Files.isRegularFile(ref) || Files.size(ref) > 100) {
            return Optional.empty();
        }
        String commit = Files.readString(ref).strip();
        return COMMIT.matcher(commit).matches() ? Optional.of(snapshots.resolve(commit)) : Optional.empty();
    }

    private String folderName() {
        return "models--" + repository.replace("/", "--");
    }

    private Path hubCache() {
        Path cache = environment.folder("XDG_CACHE_HOME", environment.home().resolve(".cache"));
        Path home = environment.folder("HF_HOME", cache.resolve("huggingface"));
        return environment.folder("HF_HUB_CACHE", home.resolve("hub")).resolve(folderName());
    }

    private Path ours() {
        return environment.cache().resolve("models").resolve("huggingface").resolve(folderName());
    }

    Path obtain(Progress progress) throws IOException {
        Optional<Path> ready = cached();
        if (ready.isPresent()) {
            return ready.get();
        }
        if (environment.says("HF_HUB_OFFLINE")) {
            throw new Http.FinalException(
                    "it is not in the cache, and HF_HUB_OFFLINE forbids to ask the hub; unset it, or name a folder");
        }
        return Disk.locked(ours().resolve(".lock"), progress, () -> {
            Optional<Path> meanwhile = cached();
            return meanwhile.isPresent() ? meanwhile.get() : download(progress);
        });
    }

    private Path download(Progress progress) throws IOException {
        Endpoint endpoint = endpoint();
        Http http = new Http(
                environment,
                PipConfiguration.certificates(environment, "", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
                Set.of());
        HubFiles.Listing listing;
        try {
            listing = HubFiles.list(
                    http,
                    endpoint.get("/api/models/" + repository + "/revision/"
                            + URLEncoder.encode(revision, StandardCharsets.UTF_8) + "?blobs=true"));
        } catch (Http.StatusException e) {
            throw e.status == 401 || e.status == 403 || e.status == 404 ? notAllowed(e) : e;
        }
        Path snapshot = Files.createDirectories(ours().resolve("snapshots").resolve(listing.commit()));
        Set<String> names = new LinkedHashSet<>();
        HubFiles.Fetcher fetcher = (name, content) -> {
            names.add(name);
            Path target = snapshot.resolve(name);
            Files.createDirectories(target.getParent());
            if (Files.isRegularFile(target) && content.size() >= 0 && Files.size(target) == content.size()) {
                return;
            }
            Path part = target.resolveSibling("." + target.getFileName() + ".part");
            Http.Get get = endpoint.get("/" + repository + "/resolve/" + listing.commit() + "/" + name);
            Download.fetch(http, get, part, content, progress, "download " + name);
            Disk.move(part, target);
        };
        HubFiles.fetch(listing, snapshot, ggufFile, fetcher);
        HubFiles.seal(snapshot, ggufFile, names);
        if (!COMMIT.matcher(revision).matches()) {
            Path ref = ours().resolve("refs").resolve(revision);
            Files.createDirectories(ref.getParent());
            Disk.write(ref, listing.commit());
        }
        return result(snapshot);
    }

    private IOException notAllowed(Http.StatusException e) {
        String next = environment.get("HF_TOKEN").isEmpty()
                ? "; check the name, and set HF_TOKEN if the repository is private or gated"
                : "; check the name, and that HF_TOKEN may read it (a gated repository's terms are accepted on its page)";
        Http.FinalException exception = new Http.FinalException(e.getMessage() + next);
        exception.initCause(e);
        return exception;
    }

    private Endpoint endpoint() throws IOException {
        String text = environment.get("HF_ENDPOINT");
        URI uri;
        try {
            uri = URI.create((text.isEmpty() ? "https://huggingface.co" : text).replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new Http.FinalException("HF_ENDPOINT is no address, expected one like https://huggingface.co");
        }
        if (uri.getHost() == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
            throw new Http.FinalException(
                    "HF_ENDPOINT is no http or https address, expected one like https://huggingface.co");
        }
        String token = environment.get("HF_TOKEN");
        boolean safe = uri.getScheme().equals("https") || Http.isLoopback(uri);
        return new Endpoint(uri.toString(), token.isEmpty() || !safe ? "" : "Bearer " + token);
    }

    /** The hub, and what to show it. */
    private record Endpoint(String address, String authorization) {
        Http.Get get(String path) {
            return new Http.Get(URI.create(address + path), Map.of(), authorization);
        }

        /** Without the token, which must not reach a log. */
        @Override
        public String toString() {
            return address;
        }
    }

    @Override
    public String toString() {
        return "hf:" + repository + (ggufFile.isEmpty() ? "" : "/" + ggufFile) + "@" + revision;
    }
}
