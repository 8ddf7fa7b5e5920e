package dev.llmadapt.local.source;

import dev.llmadapt.fuzz.Probe;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fuzz target of answers by servers: the hub's description of a repository, the list of a checkpoint's shards, and
 * pages of a package index as JSON and as HTML. The input's first byte says which, the rest is the text.
 */
public final class HubFuzz {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final URI PAGE = URI.create("https://index.example/simple/p/");
    private static final Path SNAPSHOT = Probe.folder("hub");
    private static final Path INDEX = SNAPSHOT.resolve("model.safetensors.index.json");
    /** The probe; most of its heap is the fuzzer's own, which copies strings that are compared and matched. */
    private static final Probe PROBE = new Probe(IOException.class, 10_000_000, 3000);

    private HubFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        String text = new String(rest, StandardCharsets.UTF_8);
        Probe.write(INDEX, rest);
        PROBE.run(data.length, () -> {
            switch (data[0] & 3) {
                case 0 -> plan(HubFiles.parse(text, "GET x"));
                case 1 ->
                    plan(HubFiles.parse(
                            "{\"sha\": \"" + COMMIT + "\", \"siblings\": [{\"rfilename\": \"config.json\"}, "
                                    + "{\"rfilename\": \"tokenizer.json\"}, {\"rfilename\": \"a.safetensors\"}, "
                                    + "{\"rfilename\": \"model.safetensors.index.json\"}]}",
                            "GET x"));
                case 2 -> PackageIndex.choose(PackageIndex.parseJson(PAGE, text), "p", "1");
                default -> PackageIndex.choose(PackageIndex.parseHtml(PAGE, text), "p", "1");
            }
        });
    }

    /** Plans the download of a checkpoint and checks that every name is inside the snapshot. */
    private static void plan(HubFiles.Listing listing) throws IOException {
        HubFiles.fetch(listing, SNAPSHOT, "", new HubFiles.Fetcher() {
            @Override
            public void fetch(String name, HubFiles.HubFile file) {
                if (!SNAPSHOT.equals(SNAPSHOT.resolve(name).normalize().getParent())) {
                    throw new AssertionError("out of the folder: " + name);
                }
            }

            @Override
            public void absent(String name) {}
        });
    }

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                "\0{\"sha\": \"" + COMMIT
                        + "\", \"siblings\": [{\"rfilename\": \"config.json\", \"size\": 2, \"blobId\": \""
                        + COMMIT + "\"}, {\"rfilename\": \"tokenizer.json\"}, {\"rfilename\": \"model.safetensors\", "
                        + "\"size\": 9, \"lfs\": {\"sha256\": \"" + "0a".repeat(32) + "\"}}]}",
                "\1{\"weight_map\": {\"x\": \"a.safetensors\", \"y\": \"b-1.safetensors\"}}",
                "\2{\"files\": [{\"filename\": \"p-1-py3-none-any.whl\", \"url\": \"../p-1-py3-none-any.whl\", \"hashes\": "
                        + "{\"sha256\": \"" + "0a".repeat(32) + "\"}, \"size\": 3}]}",
                "\3<base href=\"/x/\"><a href=\"p-1-py3-none-any.whl?a=b#sha256=" + "0a".repeat(32) + "\">p</a>"
                        + "<a data-x='&lt;' href='q%20r.whl&amp;'>q</a>")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}
