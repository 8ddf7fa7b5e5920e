package dev.llmadapt.rag.documents;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.text.TextEncoding;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Fetched pages in a folder: for each address one file with the bytes and one with the server's headers. */
final class FetchedPages {
    private static final long MAX_HEAD_BYTES = 64 << 10; // bytes of what the server said
    private static final Gson GSON = new Gson();

    private final Path folder;

    FetchedPages(Path folder) {
        this.folder = folder;
    }

    /**
     * A page as the server described it.
     *
     * @param form the name of a {@link FileForm}
     * @param charset the name of the text's encoding, empty if unknown
     * @param etag the validator {@code ETag}, may be empty
     * @param lastModified the validator {@code Last-Modified}, may be empty
     * @param time the time of the last change, as far as known
     * @param hash the SHA-256 of the bytes
     */
    record Page(String form, String charset, String etag, String lastModified, String time, String hash) {}

    /** Finds the kept page of an address if it is complete and undamaged. */
    Optional<Page> find(URI address) {
        Path file = said(address);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_HEAD_BYTES) {
                return Optional.empty();
            }
            Page page = GSON.fromJson(Files.readString(file), Page.class);
            if (page == null || page.form() == null || page.charset() == null || page.etag() == null) {
                return Optional.empty();
            }
            if (page.lastModified() == null || page.time() == null || page.hash() == null) {
                return Optional.empty();
            }
            FileForm.valueOf(page.form());
            if (!page.charset().isEmpty()) {
                TextEncoding.named(page.charset());
            }
            Instant.parse(page.time());
            boolean whole = page.hash().equals(Sha256.of(Files.readAllBytes(body(address))));
            return whole ? Optional.of(page) : Optional.empty();
        } catch (IOException | JsonParseException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty(); // it is fetched again
        }
    }

    /** Keeps a page; one with the same bytes as before keeps its time. */
    Page keep(URI address, byte[] bytes, String form, String charset, String etag, String lastModified, Instant time) {
        String hash = Sha256.of(bytes);
        String since = find(address)
                .filter(page -> page.hash().equals(hash))
                .map(Page::time)
                .orElse(time.toString());
        Page page = new Page(form, charset, etag, lastModified, since, hash);
        try {
            Files.createDirectories(folder);
            AtomicFiles.write(body(address), bytes);
            AtomicFiles.write(said(address), GSON.toJson(page).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new DocumentException("fetched pages cannot be kept in " + folder + ": " + e.getMessage(), e);
        }
        return page;
    }

    void forget(URI address) {
        try {
            Files.deleteIfExists(said(address));
            Files.deleteIfExists(body(address));
        } catch (IOException e) {
            throw new DocumentException("fetched pages cannot be kept in " + folder + ": " + e.getMessage(), e);
        }
    }

    Path body(URI address) {
        return folder.resolve(name(address) + ".body");
    }

    private Path said(URI address) {
        return folder.resolve(name(address) + ".json");
    }

    private static String name(URI address) {
        return Sha256.of(address.toString()).substring(0, 32);
    }
}
