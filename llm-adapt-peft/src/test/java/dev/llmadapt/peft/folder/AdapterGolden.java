package dev.llmadapt.peft.folder;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.llmadapt.local.TestResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An adapter of {@code src/test/golden/make_adapters.py} and what PEFT computes with it. */
public record AdapterGolden(String name, String base, List<Case> cases) {
    private static final String GPT2 = "gpt2-";
    private static final String FAMILY = "family-";

    /** A prompt, and the logits after its last token. */
    public record Case(int[] prompt, float[] logits) {}

    /** Of all adapters, without the combinations if {@code combinations} is false. */
    public static List<String> names(boolean combinations) {
        return names("adapters").stream()
                .filter(name -> combinations || !name.startsWith("compose-"))
                .toList();
    }

    /** Of those for GPT-2. */
    public static List<String> namesOfGpt2() {
        return names(GPT2 + "adapters");
    }

    /** Of those that show what a family does otherwise than Llama. */
    public static List<String> namesOfFamilies() {
        return names(FAMILY + "adapters");
    }

    /** A folder of the recorded adapters or trainings of PEFT. */
    public static Path resource(String name) {
        return TestResources.path(AdapterGolden.class, "/dev/llmadapt/peft/golden/" + name);
    }

    private static List<String> names(String parent) {
        try (Stream<Path> folders = Files.list(resource(parent))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of one. */
    public static Path folder(String name) {
        String kind = name.startsWith(GPT2) ? GPT2 : name.startsWith(FAMILY) ? FAMILY : "";
        return resource(kind + "adapters").resolve(name);
    }

    /** What PEFT computes with it. */
    public static AdapterGolden read(String name) {
        try {
            String text = Files.readString(folder(name).resolve("golden.json"));
            JsonObject json = new Gson().fromJson(text, JsonObject.class);
            List<Case> cases = json.getAsJsonArray("cases").asList().stream()
                    .map(element -> new Gson().fromJson(element, Case.class))
                    .toList();
            return new AdapterGolden(name, json.get("base").getAsString(), cases);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
