package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file from a web server into a partial file, hashed as it streams. What is there already is continued by an HTTP
 * range (RFC 9110, section 14): within one call whenever the server says the file is still the same, and from an
 * earlier process's partial file only when the hash is known beforehand, since only that proves both halves belong
 * together.
 *
 * <p>Not thread-safe; the caller holds the lock of the file.
 */
final class Download {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");
    /** No single model file is larger; a server that sends more is broken or hostile. */
    private static final long LARGEST = 1L << 40;

    private final Http http;
    private final Http.Get get;
    private final Path part;
    private final Content expected;
    private final Progress progress;
    private final String stage;

    private MessageDigest digest = Sha256.newDigest();
    /** Bytes in the partial file, all of them in the digest. */
    private long done;
    /** Says whether the server still has the same file; empty when it gave none. */
    private String validator = "";

    private Download(Http http, Http.Get get, Path part, Content expected, Progress progress, String stage) {
        this.http = http;
        this.get = get;
        this.part = part;
        this.expected = expected;
        this.progress = progress;
        this.stage = stage;
    }

    /**
     * Fetches.
     *
     * @param part where to; on return it holds the whole, checked file; after a failure it may hold a part of it
     * @param expected refuses anything else
     * @return what was fetched
     */
    static Content fetch(Http http, Http.Get get, Path part, Content expected, Progress progress, String stage)
            throws IOException {
        Download download = new Download(http, get, part, expected, progress, stage);
        download.adopt();
        boolean resumed = download.done > 0;
        Content content = http.retrying(download::attempt);
        if (!expected.allows(content) && resumed) {
            // The partial file was the wrong half of something; the whole may still be right.
            download.restart();
            content = http.retrying(download::attempt);
        }
        if (!expected.allows(content)) {
            Files.deleteIfExists(part);
            throw new Http.FinalException("GET " + Http.shown(get.uri()) + " gave " + content.shown() + ", expected "
                    + expected.shown() + "; it was deleted");
        }
        return content;
    }

    /** Takes over what an earlier call left, if the end can be checked. */
    private void adopt() throws IOException {
        if (expected.sha256().isEmpty() || !Files.isRegularFile(part) || Files.size(part) == 0) {
            restart();
            return;
        }
        try (InputStream in = Files.newInputStream(part)) {
            done = Content.copy(in, OutputStream.nullOutputStream(), digest, LARGEST, n -> {});
        }
        if (expected.size() >= 0 && done > expected.size()) {
            restart();
        }
    }

    private void restart() throws IOException {
        Files.deleteIfExists(part);
        digest = Sha256.newDigest();
        done = 0;
        validator = "";
    }

    private Content attempt() throws IOException {
        if (expected.size() > 0 && done == expected.size()) {
            return finish();
        }
        Map<String, String> headers = new HashMap<>(get.headers());
        if (done > 0 && validator.isEmpty() && expected.sha256().isEmpty()) {
            // Nothing would tell whether the second half belongs to the first.
            restart();
        }
        if (done > 0) {
            headers.put("Range", "bytes=" + done + "-");
            if (!validator.isEmpty()) {
                headers.put("If-Range", validator);
            }
        }
        try (Http.Reply reply = http.open(new Http.Get(get.uri(), headers, get.authorization()))) {
            long total = begin(reply);
            if (total < 0 && reply.status() == 416) {
                return finish();
            }
            receive(reply, total);
        }
        return finish();
    }

    /** Prepares the partial file for what the server sends; answers the size of the whole, or -1. */
    private long begin(Http.Reply reply) throws IOException {
        switch (reply.status()) {
            case 200 -> restart();
            case 206 -> {
                Matcher range = CONTENT_RANGE.matcher(
                        reply.headers().firstValue("content-range").orElse(""));
                if (!range.matches() || Long.parseLong(range.group(1)) != done) {
                    restart();
                    throw new IOException("GET " + Http.shown(reply.uri()) + " continued at another place than asked");
                }
            }
            case 416 -> {
                // All of it is here, or the partial file is longer than the whole: the hash tells.
                if (expected.sha256().isEmpty()) {
                    restart();
                    throw new IOException("GET " + Http.shown(reply.uri()) + " cannot continue the download");
                }
                return -1;
            }
            default -> throw Http.status(reply);
        }
        if (reply.headers()
                .firstValue("content-encoding")
                .map(e -> !e.equals("identity"))
                .orElse(false)) {
            throw new Http.FinalException("GET " + Http.shown(reply.uri()) + " sends an encoded body, unasked");
        }
        String etag = reply.headers().firstValue("etag").orElse("");
        String current = etag.startsWith("\"")
                ? etag
                : reply.headers().firstValue("last-modified").orElse("");
        if (done > 0 && !validator.isEmpty() && !current.equals(validator)) {
            restart();
            throw new IOException("GET " + Http.shown(reply.uri()) + " changed while it was downloaded");
        }
        validator = current;
        long length = reply.contentLength();
        long total = length < 0 ? -1 : done + length;
        if (total > LARGEST || (total >= 0 && expected.size() >= 0 && total != expected.size())) {
            throw new Http.FinalException(
                    "GET " + Http.shown(reply.uri()) + " has " + total + " bytes, expected " + expected.shown());
        }
        Disk.requireSpace(part, Math.max(0, length));
        return total;
    }

    private void receive(Http.Reply reply, long total) throws IOException {
        long start = done;
        long shownTotal = total >= 0 ? total : Math.max(0, expected.size());
        long limit = (expected.size() >= 0 ? expected.size() : LARGEST) - start;
        Content.Meter meter = Content.Meter.reporting(progress, stage, start, shownTotal);
        meter.passed(0);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // A write that failed half way (a full disk) may have left bytes that are not in the digest.
            channel.truncate(done).position(done);
            Content.copy(reply.body(), Channels.newOutputStream(channel), digest, limit, copied -> {
                done = start + copied;
                meter.passed(copied);
            });
        }
        if (total >= 0 && done < total) {
            throw new IOException(
                    "GET " + Http.shown(reply.uri()) + " ended after " + done + " of " + total + " bytes");
        }
    }

    private Content finish() {
        try {
            return new Content(Sha256.hex((MessageDigest) digest.clone()), done);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this Java's SHA-256 cannot be copied", e);
        }
    }
}
