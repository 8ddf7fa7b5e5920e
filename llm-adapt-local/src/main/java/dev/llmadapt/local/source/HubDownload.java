package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.files.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;

/** One fetch of a model from the hub into its cache, under the cache's lock. */
final class HubDownload implements HubFiles.Fetcher {
    private final HubModel model;
    private final HubCache cache;
    private final Progress progress;
    private final HubAccess hub;
    private final Http http;
    private final Set<String> names = new LinkedHashSet<>();
    private String commit = "";

    HubDownload(HubModel model, HubCache cache, Progress progress) throws IOException {
        this.model = model;
        this.cache = cache;
        this.progress = progress;
        this.hub = HubAccess.of(model.environment());
        this.http = new Http(
                model.environment(),
                PipConfiguration.certificates(
                        model.environment(), "", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
                Set.of());
    }

    Path run() throws IOException {
        try {
            HubFiles.Listing listing = HubFiles.list(
                    http,
                    hub.get("/api/models/" + model.repository() + "/revision/"
                            + URLEncoder.encode(model.revision(), StandardCharsets.UTF_8) + "?blobs=true"));
            commit = listing.commit();
            if (HubCache.isCommit(model.revision()) && !commit.equals(model.revision())) {
                throw new Http.FinalException(
                        "the hub answers with commit " + commit + " where " + model.revision() + " was asked for");
            }
            Path snapshot = Files.createDirectories(cache.snapshot(commit));
            HubFiles.fetch(listing, snapshot, model.ggufFile(), this);
            cache.record(commit, model.ggufFile(), names);
            cache.reference(model.revision(), commit);
            return model.ggufFile().isEmpty() ? snapshot : snapshot.resolve(model.ggufFile());
        } catch (Http.StatusException e) {
            throw hub.explained(e, model.repository(), model.revision());
        }
    }

    @Override
    public void absent(String name) throws IOException {
        cache.markAbsent(commit, name);
    }

    @Override
    public void fetch(String name, HubFiles.HubFile file) throws IOException {
        names.add(name);
        Path pointer = cache.snapshot(commit).resolve(name);
        if (holds(pointer, file.content().size())) {
            return;
        }
        Http.Get get = hub.get("/" + model.repository() + "/resolve/" + commit + "/" + name);
        Described described = described(name, file, http.head(get));
        Path blob = cache.blob(described.etag);
        Content expected = described.content;
        boolean there = holds(blob, expected.size());
        if (!there) {
            Files.createDirectories(blob.getParent());
            Path part = cache.incomplete(described.etag);
            Download.fetch(http, get, part, expected, progress, "download " + name);
            checkGitHash(part, name, file.blobId());
            AtomicFiles.move(part, blob);
        }
        cache.show(blob, pointer, !there);
    }

    private static boolean holds(Path file, long size) throws IOException {
        return size >= 0 && Files.isRegularFile(file) && Files.size(file) == size;
    }

    /** The facts that a file's headers add to what the repository's description says of it. */
    private record Described(String etag, Content content) {}

    private Described described(String name, HubFiles.HubFile file, Http.Reply head) throws IOException {
        String at = head.headers().firstValue("x-repo-commit").orElse(commit);
        if (!at.equals(commit)) {
            throw new Http.FinalException("the hub answers for " + name + " of another commit than " + commit);
        }
        String linked = normalised(head.headers().firstValue("x-linked-etag").orElse(""));
        String etag =
                linked.isEmpty() ? normalised(head.headers().firstValue("etag").orElse("")) : linked;
        if (etag.isEmpty()) {
            throw new Http.FinalException("the hub gives " + name + " no ETag, without which it cannot be cached; if"
                    + " HF_ENDPOINT names a mirror, try another");
        }
        String sha256 = file.content().sha256();
        if (etag.matches("[0-9a-f]{64}")) {
            if (!sha256.isEmpty() && !sha256.equals(etag)) {
                throw new Http.FinalException("the hub contradicts itself about " + name
                        + ": its description gives sha256 " + sha256 + ", its ETag " + etag);
            }
            sha256 = etag;
        }
        long size = file.content().size();
        String length = head.headers()
                .firstValue("x-linked-size")
                .orElse(head.status() == 200 ? String.valueOf(head.contentLength()) : "");
        if (length.matches("[0-9]{1,18}")) {
            if (size >= 0 && size != Long.parseLong(length)) {
                throw new Http.FinalException("the hub contradicts itself about " + name + ": its description gives "
                        + size + " bytes, its headers " + length);
            }
            size = Long.parseLong(length);
        }
        if (size < 0) {
            throw new Http.FinalException("the hub does not say how large " + name + " is");
        }
        return new Described(etag, new Content(sha256, size));
    }

    /** The part that names the content, as Python's client takes it for the name of the blob. */
    private static String normalised(String etag) {
        return etag.replaceFirst("^W/", "").replaceAll("^\"|\"$", "");
    }

    /**
     * Files outside Git LFS have no SHA-256 on the hub, but git's own hash: SHA-1 over a short header and the content.
     */
    private static void checkGitHash(Path part, String name, String blobId) throws IOException {
        if (blobId.isEmpty()) {
            return;
        }
        MessageDigest sha1;
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1, which every Java must have", e);
        }
        sha1.update(("blob " + Files.size(part) + "\0").getBytes(StandardCharsets.US_ASCII));
        try (InputStream in = Files.newInputStream(part)) {
            Content.copy(in, OutputStream.nullOutputStream(), sha1, Long.MAX_VALUE, n -> {});
        }
        String found = HexFormat.of().formatHex(sha1.digest());
        if (!found.equals(blobId)) {
            Files.deleteIfExists(part);
            throw new Http.FinalException(
                    name + " arrived with git's hash " + found + ", expected " + blobId + "; it was deleted");
        }
    }
}
