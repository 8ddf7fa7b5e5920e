package dev.llmadapt.peft.source;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final int MOST_SHARDS = 4096;
    private static final List<String> REQUIRED = List.of("config.json", "tokenizer.json");
    private static final List<String> OPTIONAL = List.of(
            "generation_config.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json");
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final Pattern WEIGHTS = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\\.safetensors");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private HubFiles() {}

    /**
     * What a repository holds at a commit.
     *
     * @param commit 40 hexadecimal digits
     * @param files by path
     */
    record Listing(String commit, Map<String, Content> files) {}

    /** Puts a file of the repository into the snapshot folder. */
    interface Fetcher {
        void fetch(String name, Content content) throws IOException;
    }

    static Listing list(Http http, Http.Get get) throws IOException {
        Http.Page page = http.page(get, LARGEST_PAGE);
        try {
            JsonObject answer = object(page.text());
            String commit = answer.get("sha").getAsString();
            if (!COMMIT.matcher(commit).matches()) {
                throw new IllegalStateException("no commit");
            }
            Map<String, Content> files = new LinkedHashMap<>();
            for (JsonElement element : answer.getAsJsonArray("siblings")) {
                JsonObject file = element.getAsJsonObject();
                JsonObject lfs = file.get("lfs") instanceof JsonObject object ? object : new JsonObject();
                JsonElement size = file.get("size");
                files.put(
                        file.get("rfilename").getAsString(),
                        new Content(
                                lfs.has("sha256") ? lfs.get("sha256").getAsString() : "",
                                size == null || size.isJsonNull() ? -1 : size.getAsLong()));
            }
            return new Listing(commit, files);
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | ClassCastException
                | NullPointerException e) {
            throw new Http.FinalException(
                    "GET " + Http.shown(page.uri()) + " answered something else than a repository's description");
        }
    }

    private static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** Fetches all that belongs to the checkpoint, small files first. */
    static void fetch(Listing listing, Path snapshot, String ggufFile, Fetcher fetcher) throws IOException {
        Map<String, Content> files = listing.files();
        if (!ggufFile.isEmpty()) {
            Content content = files.get(ggufFile);
            if (content == null) {
                throw new Http.FinalException(
                        "the repository has no file '" + ggufFile + "', its .gguf files: " + ending(files, ".gguf"));
            }
            fetcher.fetch(ggufFile, content);
            return;
        }
        for (String name : REQUIRED) {
            Content content = files.get(name);
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
            Content content = files.get(name);
            if (content != null) {
                fetcher.fetch(name, content);
            }
        }
        for (String name : weights(files, snapshot, fetcher)) {
            Content content = files.get(name);
            if (content == null) {
                throw new Http.FinalException("the repository's " + INDEX + " names " + name + ", which is not there");
            }
            fetcher.fetch(name, content);
        }
    }

    private static Set<String> weights(Map<String, Content> files, Path snapshot, Fetcher fetcher) throws IOException {
        Content index = files.get(INDEX);
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
            if (shards.isEmpty() || shards.size() > MOST_SHARDS) {
                throw new IllegalStateException("no shards, or too many");
            }
            return shards;
        } catch (JsonParseException | IllegalStateException | ClassCastException | NullPointerException e) {
            throw new Http.FinalException(
                    index.getFileName() + " is broken, expected a weight_map from tensors to *.safetensors files");
        }
    }

    private static List<String> ending(Map<String, Content> files, String end) {
        return files.keySet().stream()
                .filter(name -> name.endsWith(end))
                .map(name -> name.replaceAll("[^ -~]", "?"))
                .limit(20)
                .toList();
    }

    /** Whether a snapshot folder of the hub's own client holds a whole checkpoint. */
    static boolean isComplete(Path snapshot, String ggufFile) throws IOException {
        if (!ggufFile.isEmpty()) {
            return Files.isRegularFile(snapshot.resolve(ggufFile));
        }
        if (!REQUIRED.stream().allMatch(name -> Files.isRegularFile(snapshot.resolve(name)))) {
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

    /** Notes which files a finished snapshot of ours consists of, and how large they are. */
    static void seal(Path snapshot, String ggufFile, Set<String> names) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            lines.append(Files.size(snapshot.resolve(name)))
                    .append(' ')
                    .append(name)
                    .append('\n');
        }
        Disk.write(seal(snapshot, ggufFile), lines.toString());
    }

    /** Whether a snapshot of ours is finished, and every file still as large as it arrived. */
    static boolean isSealed(Path snapshot, String ggufFile) throws IOException {
        Path seal = seal(snapshot, ggufFile);
        if (!Files.isRegularFile(seal) || Files.size(seal) > LARGEST_PAGE) {
            return false;
        }
        List<String> lines = Files.readAllLines(seal);
        for (String line : lines) {
            int space = line.indexOf(' ');
            if (space < 0) {
                return false;
            }
            Path file = snapshot.resolve(line.substring(space + 1));
            if (!Files.isRegularFile(file) || !line.substring(0, space).equals(Long.toString(Files.size(file)))) {
                return false;
            }
        }
        return !lines.isEmpty();
    }

    private static Path seal(Path snapshot, String ggufFile) {
        return snapshot.resolve((ggufFile.isEmpty() ? ".checkpoint" : "." + ggufFile.replace("/", "--")) + ".sizes");
    }
}
