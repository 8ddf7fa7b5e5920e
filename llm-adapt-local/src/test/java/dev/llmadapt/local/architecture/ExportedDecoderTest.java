package dev.llmadapt.local.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.AdapterInputs.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which modules are found in real exports, by their names and without, and what is refused. */
class ExportedDecoderTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"optimum", "optimum/no-positions.onnx"})
    void graph_optimum_hasEveryModule(String file) {
        assertThat(sites(model(file))).isEqualTo(separate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"genai", "genai-int4"})
    void graph_genai_hasEveryModuleAndJoinsThoseOfAttention(String file) {
        assertThat(sites(model(file))).isEqualTo(joined());
    }

    @Test
    void graph_namesWiped_findsTheSameModulesByTheFlowOfData() throws IOException {
        assertThat(sites(wiped("optimum"))).isEqualTo(separate());
        assertThat(sites(wiped("genai"))).isEqualTo(joined());
        assertThat(sites(wiped("genai-int4"))).isEqualTo(joined());
    }

    @Test
    void graph_namesOfWeightsOnly_areEnough() throws IOException {
        // genai's weights are called model.layers.0.attn.o_proj.MatMul.weight, its nodes
        // /model/layers.0/attn/o_proj/MatMul
        assertThat(sites(edited("genai", Map.of("/layers.", "/xxxxxx.")))).isEqualTo(joined());
    }

    @Test
    void graph_userSaysWhichIsWhich_comesFirst() {
        Map<String, String> given = Map.of(
                "/model/layers.0/self_attn/q_proj/MatMul", "model.layers.0.self_attn.k_proj",
                "/model/layers.0/self_attn/k_proj/MatMul", "model.layers.0.self_attn.q_proj");
        List<String> found = sites(model("optimum"), given);
        assertThat(found.get(0)).startsWith("model.layers.0.self_attn.k_proj 32 -> [32]");
        assertThat(found.get(1)).startsWith("model.layers.0.self_attn.q_proj 32 -> [16]");
    }

    @Test
    void graph_userNamesNoProduct_listsTheCandidates() {
        assertThatThrownBy(() -> sites(model("optimum"), Map.of("/no/such", "model.layers.0.self_attn.q_proj")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("/no/such")
                .hasMessageContaining("'/model/layers.0/self_attn/q_proj/MatMul' 32 -> 32");
    }

    @Test
    void graph_productsThatNothingTellsApart_runsTheBaseAndListsCandidatesForAdapters() throws IOException {
        // without names, and with an activation nobody knows, gate and up look alike; attention is still found
        Path file = edited("genai", Map.of("layers.", "xxxxxx.", "Sigmoid", "Sigmoix"));
        assertThat(sites(file)).noneMatch(site -> site.contains("gate_proj"));
        AdapterInputs gate = inputs("model.layers.0.mlp.gate_proj", Change.LOW_RANK);
        assertThatThrownBy(() -> decoder(file, Map.of()).graph(gate))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.layers.0.mlp.gate_proj")
                .hasMessageContaining("model.layers.0.self_attn.o_proj");
    }

    @Test
    void graph_adapterForNoModule_namesItAndWhatThereIs() {
        AdapterInputs wrong = inputs("model.layers.0.self_attn.q_prj", Change.LOW_RANK);
        assertThatThrownBy(() -> decoder(model("optimum"), Map.of()).graph(wrong))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("q_prj")
                .hasMessageContaining("model.layers.0.self_attn.q_proj");
    }

    @Test
    void graph_inputScaleOfJoinedModules_isRefused() {
        AdapterInputs scale = inputs("model.layers.0.self_attn.k_proj", Change.INPUT_SCALE);
        assertThatThrownBy(() -> decoder(model("genai"), Map.of()).graph(scale))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("k_proj")
                .hasMessageContaining("separate projections");
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum", "genai", "genai-int4"})
    void graph_parameters_areCountedOnce(String file) {
        ExportedGraph graph = decoder(model(file), Map.of()).graph(AdapterInputs.NONE);
        int layer = 32 * 32 + 2 * 32 * 16 + 32 * 32 + 3 * 32 * 64 + 2 * 32;
        int tied = 320 * 32;
        assertThat(graph.parameterCount()).isEqualTo(2 * layer + tied + 32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"position_ids", "attention_mask", "past_key_values.1.value", "logits", "present.0.key"})
    void graph_unknownLayout_saysWhatIsSupported(String name) throws IOException {
        Path file = edited("optimum", Map.of(name, "x".repeat(name.length())));
        assertThatThrownBy(() -> decoder(file, Map.of()).graph(AdapterInputs.NONE))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Optimum")
                .hasMessageContaining("onnxruntime-genai");
    }

    /** Only the documented exception, whatever the bytes: here up to what the engine gets to see. */
    @Test
    void graph_tenThousandMutations_areReadOrRefused() throws IOException {
        AdapterInputs all = everything();
        String[] files = {"genai", "genai-int4", "optimum/no-positions.onnx"};
        int refused = 0;
        for (int seed = 0; seed < 10_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String name = files[random.nextInt(10) == 0 ? 2 : random.nextInt(2)];
            byte[] bytes = Files.readAllBytes(model(name));
            mutate(bytes, random);
            Path file = copy(name).resolve("mutated.onnx");
            int cut = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : bytes.length;
            Files.write(file, Arrays.copyOf(bytes, cut));
            try {
                ExportedGraph graph = decoder(file, Map.of()).graph(random.nextBoolean() ? all : AdapterInputs.NONE);
                assertThat(graph.model().bytes()).isNotEmpty();
            } catch (CheckpointException e) {
                refused++;
                assertThat(e).as("seed %d", seed).hasMessageContaining("onnx");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).isBetween(1000, 9990);
    }

    private static void mutate(byte[] bytes, SplittableRandom random) {
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(12)), (byte) -1);
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(200), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
    }

    private static AdapterInputs everything() {
        Map<String, Set<Change>> changes = new HashMap<>();
        for (int layer = 0; layer < 2; layer++) {
            for (String module : List.of("self_attn.q_proj", "self_attn.o_proj", "mlp.up_proj", "mlp.down_proj")) {
                changes.put(
                        "model.layers." + layer + "." + module,
                        Set.of(Change.LOW_RANK, Change.OUTPUT_SCALE, Change.BIAS));
            }
        }
        return new AdapterInputs(changes);
    }

    private static AdapterInputs inputs(String module, Change change) {
        return new AdapterInputs(Map.of(module, Set.of(change)));
    }

    private static List<String> separate() {
        return layers("self_attn.q_proj 32 -> [32]", "self_attn.k_proj 32 -> [16]", "self_attn.v_proj 32 -> [16]");
    }

    private static List<String> joined() {
        return layers(
                "self_attn.q_proj+model.layers.N.self_attn.k_proj+model.layers.N.self_attn.v_proj 32 -> [32, 16, 16]");
    }

    private static List<String> layers(String... attention) {
        List<String> sites = new ArrayList<>();
        for (int layer = 0; layer < 2; layer++) {
            String prefix = "model.layers." + layer + ".";
            Stream.concat(
                            Stream.of(attention),
                            Stream.of(
                                    "self_attn.o_proj 32 -> [32]",
                                    "mlp.gate_proj 32 -> [64]",
                                    "mlp.up_proj 32 -> [64]",
                                    "mlp.down_proj 64 -> [32]"))
                    .map(site -> prefix + site.replace("model.layers.N.", prefix))
                    .forEach(sites::add);
        }
        sites.add("lm_head 32 -> [320]");
        return sites;
    }

    private static List<String> sites(Path file) {
        return sites(file, Map.of());
    }

    private static List<String> sites(Path file, Map<String, String> modules) {
        return decoder(file, modules).graph(AdapterInputs.NONE).sites().stream()
                .map(site -> site.name() + " " + site.in() + " -> " + site.widths())
                .toList();
    }

    private static ExportedDecoder decoder(Path file, Map<String, String> modules) {
        return new ExportedDecoder(file, new ExportedDecoder.Facts("llama", 256, 1, 16, 320), modules);
    }

    private static Path model(String name) {
        Path path = Golden.folder("exported/" + name);
        return Files.isDirectory(path) ? path.resolve("model.onnx") : path;
    }

    /** An export none of whose names says what it is; the other half of a path is kept to keep values apart. */
    private Path wiped(String name) throws IOException {
        return edited(name, Map.of("layers.", "xxxxxx.", "lm_head", "xx_yyyy"));
    }

    /** A copy with some texts replaced by others of the same length. */
    private Path edited(String name, Map<String, String> texts) throws IOException {
        String bytes = Files.readString(model(name), StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, String> text : texts.entrySet()) {
            bytes = bytes.replace(text.getKey(), text.getValue());
        }
        return Files.writeString(copy(name).resolve("edited.onnx"), bytes, StandardCharsets.ISO_8859_1);
    }

    /** A folder with what an export needs beside it. */
    private Path copy(String name) throws IOException {
        Path target = temporary.resolve(name.replace("/", "-"));
        if (Files.createDirectories(target).resolve("ready").toFile().createNewFile()) {
            for (String file : List.of("model.onnx", "model.onnx.data")) {
                Path from = model(name).resolveSibling(file);
                if (Files.exists(from)) {
                    Files.copy(from, target.resolve(file));
                }
            }
        }
        return target;
    }
}
