package dev.llmadapt.local.source;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which files of a repository make a checkpoint. */
final class HubFiles {
    private static final int LARGEST_PAGE = 32 << 20;
    private static final int MAX_SHARDS = 4096;
    private static final String CONFIG = "config.json";
    /** The files a tokenizer is read from: the first of these that are all there. */
    private static final List<List<String>> TOKENIZERS =
            List.of(List.of("tokenizer.json"), List.of("tokenizer.model"), List.of("vocab.json", "merges.txt"));

    private static final List<String> OPTIONAL = List.of(
            "generation_config.json",
            "tokenizer_config.json",
            "chat_template.jinja",
            "special_tokens_map.json",
            "added_tokens.json");
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final Pattern WEIGHTS = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\\.safetensors");

    private HubFiles() {}

    /**
     * The files of a repository at a commit.
     *
     * @param commit 40 hexadecimal digits
     * @param files by path
     */
    record Listing(String commit, Map<String, HubFile> files) {}

    /**
     * A file as a repository lists it.
     *
     * @param content its size and, of what Git LFS keeps, its SHA-256
     * @param blobId git's own hash of it, if it is not in LFS and the hub tells; else empty
     */
    record HubFile(Content content, String blobId) {}

    /** Puts a file of the repository into the snapshot folder. */
    interface Fetcher {
        void fetch(String name, HubFile file) throws IOException;

        /** The repository does not have a file that others have. */
        void absent(String name) throws IOException;
    }

    static Listing list(Http http, Http.Get get) throws IOException {
        Http.Page page = http.page(get, LARGEST_PAGE);
        return parse(page.text(), "GET " + Http.shown(page.uri()));
    }

    /** Reads the hub's description of a repository. */
    static Listing parse(String text, String from) throws Http.FinalException {
        try {
            JsonObject answer = object(text);
            String commit = answer.get("sha").getAsString();
            if (!HubCache.isCommit(commit)) {
                throw new IllegalStateException("no commit");
            }
            Map<String, HubFile> files = new LinkedHashMap<>();
            for (JsonElement element : answer.getAsJsonArray("siblings")) {
                JsonObject file = element.getAsJsonObject();
                files.put(file.get("rfilename").getAsString(), file(file));
            }
            return new Listing(commit, files);
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | UnsupportedOperationException
                | ClassCastException
                | NullPointerException e) {
            throw new Http.FinalException(from + " answered something else than a repository's description");
        }
    }

    private static HubFile file(JsonObject file) {
        JsonObject lfs = file.get("lfs") instanceof JsonObject object ? object : null;
        String blobId = lfs == null && file.get("blobId") instanceof JsonPrimitive id ? id.getAsString() : "";
        String sha256 = lfs != null && lfs.get("sha256") instanceof JsonPrimitive hash ? hash.getAsString() : "";
        long size = file.get("size") instanceof JsonPrimitive number ? number.getAsLong() : -1;
        if (size < -1 || !(blobId.isEmpty() || HubCache.isCommit(blobId))) {
            throw new IllegalStateException("no size or no hash");
        }
        return new HubFile(new Content(sha256, size), blobId);
    }

    private static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** Fetches all that belongs to the checkpoint, small files first. */
    static void fetch(Listing listing, Path snapshot, String ggufFile, Fetcher fetcher) throws IOException {
        Map<String, HubFile> files = listing.files();
        if (!ggufFile.isEmpty()) {
            HubFile content = files.get(ggufFile);
            if (content == null) {
                throw new Http.FinalException(
                        "the repository has no file '" + ggufFile + "', its .gguf files: " + ending(files, ".gguf"));
            }
            fetcher.fetch(ggufFile, content);
            return;
        }
        List<String> required = new ArrayList<>(List.of(CONFIG));
        required.addAll(TOKENIZERS.stream()
                .filter(files.keySet()::containsAll)
                .findFirst()
                .orElse(TOKENIZERS.get(0)));
        for (String name : required) {
            HubFile content = files.get(name);
            if (content == null) {
                List<String> gguf = ending(files, ".gguf");
                throw new Http.FinalException("the repository has no " + name
                        + (gguf.isEmpty()
                                ? ", which a checkpoint for this library needs"
                                : "; name one of its .gguf files instead: " + gguf));
            }
            fetcher.fetch(name, content);
        }
        for (String name : OPTIONAL) {
            HubFile content = files.get(name);
            if (content != null) {
                fetcher.fetch(name, content);
            } else {
                fetcher.absent(name);
            }
        }
        for (String name : weights(files, snapshot, fetcher)) {
            HubFile content = files.get(name);
            if (content == null) {
                throw new Http.FinalException("the repository's " + INDEX + " names " + name + ", which is not there");
            }
            fetcher.fetch(name, content);
        }
    }

    private static Set<String> weights(Map<String, HubFile> files, Path snapshot, Fetcher fetcher) throws IOException {
        HubFile index = files.get(INDEX);
        if (index != null && !files.containsKey(SINGLE)) {
            fetcher.fetch(INDEX, index);
            return shards(snapshot.resolve(INDEX));
        }
        if (files.containsKey(SINGLE)) {
            return Set.of(SINGLE);
        }
        List<String> all = files.keySet().stream()
                .filter(name -> WEIGHTS.matcher(name).matches())
                .toList();
        if (all.size() != 1) {
            List<String> gguf = ending(files, ".gguf");
            throw new Http.FinalException("the repository has neither " + SINGLE + " nor " + INDEX
                    + (gguf.isEmpty() ? "" : "; name one of its .gguf files instead: " + gguf));
        }
        return Set.copyOf(all);
    }

    /** The weight files that an index names, checked to be plain names. */
    private static Set<String> shards(Path index) throws IOException {
        if (Files.size(index) > LARGEST_PAGE) {
            throw new Http.FinalException(index.getFileName() + " is too large to be a list of weights");
        }
        try {
            Set<String> shards = new TreeSet<>();
            for (Map.Entry<String, JsonElement> entry : object(
                            new String(Files.readAllBytes(index), StandardCharsets.UTF_8))
                    .getAsJsonObject("weight_map")
                    .entrySet()) {
                String name = entry.getValue().getAsString();
                if (!WEIGHTS.matcher(name).matches()) {
                    throw new IllegalStateException("no plain name");
                }
                shards.add(name);
            }
            if (shards.isEmpty() || shards.size() > MAX_SHARDS) {
                throw new IllegalStateException("no shards, or too many");
            }
            return shards;
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | ClassCastException
                | NullPointerException e) {
            throw new Http.FinalException(
                    index.getFileName() + " is broken, expected a weight_map from tensors to *.safetensors files");
        }
    }

    private static List<String> ending(Map<String, HubFile> files, String end) {
        return files.keySet().stream()
                .filter(name -> name.endsWith(end))
                .map(name -> name.replaceAll("[^ -~]", "?"))
                .limit(20)
                .toList();
    }

    /** Whether a snapshot folder, of Python's client or ours, holds a whole checkpoint. */
    static boolean isComplete(Path snapshot, String ggufFile) throws IOException {
        if (!ggufFile.isEmpty()) {
            return Files.isRegularFile(snapshot.resolve(ggufFile));
        }
        boolean tokenizer = TOKENIZERS.stream()
                .anyMatch(names -> names.stream().allMatch(name -> Files.isRegularFile(snapshot.resolve(name))));
        if (!tokenizer || !Files.isRegularFile(snapshot.resolve(CONFIG))) {
            return false;
        }
        if (Files.isRegularFile(snapshot.resolve(SINGLE))) {
            return true;
        }
        if (Files.isRegularFile(snapshot.resolve(INDEX))) {
            try {
                return shards(snapshot.resolve(INDEX)).stream()
                        .allMatch(name -> Files.isRegularFile(snapshot.resolve(name)));
            } catch (Http.FinalException e) {
                return false;
            }
        }
        try (Stream<Path> files = Files.list(snapshot)) {
            return files.filter(file -> WEIGHTS.matcher(file.getFileName().toString())
                                    .matches())
                            .count()
                    == 1;
        }
    }
}
