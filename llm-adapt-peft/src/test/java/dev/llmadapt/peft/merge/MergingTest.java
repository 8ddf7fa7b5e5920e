package dev.llmadapt.peft.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterException;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.DataType;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.adapter.ReferenceLlama;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TestFiles;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Merged weights against what PEFT computes with the adapter unmerged. */
class MergingTest {
    private static final int[] PROMPT = {3, 17, 5, 31, 8, 8, 22};

    @TempDir
    Path folder;

    static List<String> mergeable() {
        return AdapterGolden.names(true).stream()
                .filter(name -> !name.contains("tuning") && !name.contains("prefix"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("mergeable")
    void merge_goldenAdapter_givesTheLogitsOfPeft(String name) throws IOException {
        AdapterGolden golden = AdapterGolden.read(name);
        Path target = folder.resolve("merged");
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            merge(base, target, MergeOptions.defaults().withType(DataType.F32), part(name, base, 1));
        }
        assertLogits(target, golden);
    }

    private static void assertLogits(Path merged, AdapterGolden golden) {
        try (Checkpoint checkpoint = Checkpoint.open(merged)) {
            ReferenceLlama model = new ReferenceLlama(checkpoint, ReferenceLlama.noEffect());
            for (AdapterGolden.Case prompt : golden.cases()) {
                double[] logits = model.lastLogits(prompt.prompt());
                for (int i = 0; i < logits.length; i++) {
                    assertThat(logits[i]).as(golden.name()).isCloseTo(prompt.logits()[i], within(3e-5));
                }
            }
        }
    }

    @Test
    void merge_severalWeighted_equalsTheirCombination() throws IOException {
        AdapterGolden golden = AdapterGolden.read("compose-cat");
        Path target = folder.resolve("merged");
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            merge(
                    base,
                    target,
                    MergeOptions.defaults(),
                    part("compose-one", base, 0.7),
                    part("compose-two", base, 0.4));
        }
        assertLogits(target, golden);
    }

    @Test
    void merge_smallShards_areListedInAnIndex() throws IOException {
        AdapterGolden golden = AdapterGolden.read("lora");
        Path target = folder.resolve("deep/merged");
        List<Long> heard = new ArrayList<>();
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            Merging.write(
                    base,
                    List.of(part("lora", base, 1)),
                    target,
                    MergeOptions.defaults().withMaxShardBytes(50_000),
                    (stage, done, total) -> {
                        assertThat(stage).isEqualTo("merge");
                        assertThat(done).isLessThanOrEqualTo(total);
                        heard.add(done);
                    });
        }
        assertLogits(target, golden);
        assertThat(heard).isSorted().hasSizeGreaterThan(3);
        assertThat(target.resolve("model.safetensors")).doesNotExist();
        assertThat(target.resolve("model.safetensors.index.json")).content().contains("total_size");
        assertThat(target.toFile().list((at, name) -> name.endsWith(".safetensors")))
                .hasSizeGreaterThan(1)
                .allMatch(name -> name.matches("model-000\\d\\d-of-000\\d\\d\\.safetensors"));
        assertThat(target.resolve("tokenizer.json"))
                .hasSameBinaryContentAs(Golden.folder(golden.base()).resolve("tokenizer.json"));
    }

    @Test
    void merge_tiedEmbedding_givesTheHeadItsOwnWeights() throws IOException {
        AdapterGolden golden = AdapterGolden.read("lora-embedding");
        Path target = folder.resolve("merged");
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            assertThat(base.config().tieWordEmbeddings()).isTrue();
            merge(base, target, MergeOptions.defaults(), part("lora-embedding", base, 1));
            try (Checkpoint merged = Checkpoint.open(target)) {
                assertThat(merged.config().tieWordEmbeddings()).isFalse();
                assertThat(merged.tensor("lm_head.weight").toFloats())
                        .isEqualTo(base.tensor("model.embed_tokens.weight").toFloats());
                assertThat(merged.tensor("model.embed_tokens.weight").toFloats())
                        .isNotEqualTo(base.tensor("model.embed_tokens.weight").toFloats());
            }
        }
    }

    @Test
    void merge_untouchedTensors_keepTheirBytes() throws IOException {
        AdapterGolden golden = AdapterGolden.read("lora");
        Path target = folder.resolve("merged");
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            merge(base, target, MergeOptions.defaults(), part("lora", base, 1));
            try (Checkpoint merged = Checkpoint.open(target)) {
                AdapterEffect effect = part("lora", base, 1).effect();
                base.tensors().forEach((name, tensor) -> {
                    boolean changed = effect.lowRank().containsKey(name.replaceFirst("\\.weight$", ""));
                    assertThat(merged.tensor(name).data().equals(tensor.data()))
                            .as(name)
                            .isEqualTo(!changed);
                });
                assertThat(merged.tensors().keySet()).isEqualTo(base.tensors().keySet());
            }
        }
    }

    @Test
    void merge_bfloat16Base_roundsToIt() throws IOException {
        Path tiny = resource("tiny-llama");
        String path = "model.layers.0.self_attn.o_proj";
        try (Checkpoint base = Checkpoint.open(tiny)) {
            WeightTensor before = base.tensor(path + ".weight");
            assertThat(before.encoding()).isEqualTo(WeightEncoding.BF16);
            LowRank update = random(5, before.rowLength(), before.rows(), 2);
            Path target = folder.resolve("merged");
            merge(base, target, MergeOptions.defaults(), new Merging.Part("x", effect(Map.of(path, update)), -0.5));
            try (Checkpoint merged = Checkpoint.open(target)) {
                WeightTensor after = merged.tensor(path + ".weight");
                assertThat(after.encoding()).isEqualTo(WeightEncoding.BF16);
                double[][] delta = Stored.update(update);
                float[] old = before.toFloats();
                float[] values = after.toFloats();
                for (int i = 0; i < values.length; i++) {
                    double exact = old[i] - 0.5 * delta[i / before.rowLength()][i % before.rowLength()];
                    assertThat((double) values[i]).isCloseTo(exact, within(Math.abs(exact) / 250 + 1e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void merge_ggufBase_becomesAFolder(DataType type) throws IOException {
        Path gguf = withTokenizer(resource("tiny-llama.gguf"));
        Path target = folder.resolve("merged");
        try (Checkpoint base = Checkpoint.open(gguf)) {
            WeightTensor q = base.tensor("model.layers.0.self_attn.q_proj.weight");
            WeightTensor down = base.tensor("model.layers.0.mlp.down_proj.weight");
            AdapterEffect effect = effect(Map.of(
                    "model.layers.0.self_attn.q_proj", random(5, q.rowLength(), q.rows(), 3),
                    "model.layers.0.mlp.down_proj", random(6, down.rowLength(), down.rows(), 2)));
            merge(base, target, MergeOptions.defaults().withType(type), new Merging.Part("x", effect, 1));
            double[] expected = new ReferenceLlama(base, effect).lastLogits(PROMPT);
            try (Checkpoint merged = Checkpoint.open(target)) {
                assertThat(merged.tensor("model.norm.weight").encoding())
                        .isEqualTo(WeightEncoding.valueOf(type.name()));
                assertThat(merged.tensors().keySet())
                        .doesNotContain("rope_freqs.weight")
                        .allMatch(name -> base.tensors().containsKey(name));
                double[] logits = new ReferenceLlama(merged, ReferenceLlama.noEffect()).lastLogits(PROMPT);
                double tolerance = type == DataType.F32 ? 1e-5 : type == DataType.F16 ? 0.02 : 0.1;
                assertThat(logits).containsExactly(expected, within(tolerance));
                assertThat(merged.tokenizer().specialTokens())
                        .isEqualTo(base.tokenizer().specialTokens());
                assertThat(merged.tokenizer().eosToken())
                        .isEqualTo(base.tokenizer().eosToken());
                assertThat(merged.tokenizer().addBos())
                        .isEqualTo(base.tokenizer().addBos());
                assertThat(merged.config().eosTokenIds())
                        .isEqualTo(base.config().eosTokenIds());
                assertThat(merged.config().ropeTheta()).isEqualTo(base.config().ropeTheta());
            }
        }
    }

    @Test
    void merge_impossible_isRefusedAndLeavesNothing() throws IOException {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            String q = "model.layers.0.self_attn.q_proj";
            WeightTensor weight = base.tensor(q + ".weight");
            LowRank update = random(1, weight.rowLength(), weight.rows(), 2);
            refuses(base, "virtual tokens", part("prompt-tuning", base, 1));
            refuses(base, "virtual tokens", part("prefix-tuning", base, 1));
            refuses(base, "DoRA has no weighted form", part("lora-dora", base, 0.5));
            refuses(base, "IA3 has no weighted form", part("ia3", base, 0.5));
            refuses(base, "DoRA depends on the weights", part("lora-dora", base, 1), part("lora", base, 1));
            refuses(base, "would scale", part("ia3", base, 1), part("ia3", base, 1));
            refuses(base, "IA3 depends on the weights", part("lora-all-linear", base, 1), part("ia3", base, 1));
            refuses(
                    base,
                    "which the base tiny-llama does not have",
                    new Merging.Part("x", effect(Map.of("model.nothing", update)), 1));
            refuses(
                    base,
                    "made for another model",
                    new Merging.Part("x", effect(Map.of(q, random(1, 5, weight.rows(), 2))), 1));
            LowRank biased = new LowRank(
                    base.config().hiddenSize(),
                    base.tensor("model.embed_tokens.weight").rows(),
                    1,
                    new float[base.config().hiddenSize()],
                    new float[base.tensor("model.embed_tokens.weight").rows()],
                    1,
                    Optional.empty(),
                    Optional.of(
                            new float[base.tensor("model.embed_tokens.weight").rows()]));
            refuses(base, "has no place for", new Merging.Part("x", effect(Map.of("lm_head", biased)), 1));
            Path full = Files.createDirectory(folder.resolve("full"));
            Files.writeString(full.resolve("a"), "b");
            assertThatThrownBy(() -> merge(
                            base, full, MergeOptions.defaults(), new Merging.Part("x", effect(Map.of(q, update)), 1)))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("not empty");
            assertThat(full.resolve("a")).hasContent("b");
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("full"))).isInstanceOf(CheckpointException.class);
    }

    private void refuses(Checkpoint base, String message, Merging.Part... parts) {
        assertThatThrownBy(() -> merge(base, folder.resolve("refused"), MergeOptions.defaults(), parts))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(message);
    }

    private static void merge(Checkpoint base, Path target, MergeOptions options, Merging.Part... parts) {
        Merging.write(base, List.of(parts), target, options, Progress.NONE);
    }

    private static Merging.Part part(String name, Checkpoint base, double weight) {
        AdapterEffect effect = PeftFolder.read(AdapterGolden.folder(name)).effect(name, BaseModules.of(base));
        return new Merging.Part(name, effect, weight);
    }

    private static AdapterEffect effect(Map<String, LowRank> updates) {
        return new AdapterEffect(updates, Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
    }

    private static LowRank random(long seed, int in, int out, int rank) {
        Random random = new Random(seed);
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        for (int i = 0; i < a.length; i++) {
            a[i] = 0.2f * (float) random.nextGaussian();
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = 0.2f * (float) random.nextGaussian();
        }
        return new LowRank(in, out, rank, a, b, 1.5, Optional.empty(), Optional.empty());
    }

    /** The file with a vocabulary in its metadata, which must grow by a multiple of 32 for the data to stay aligned. */
    private Path withTokenizer(Path gguf) throws IOException {
        ByteBuffer old = ByteBuffer.wrap(Files.readAllBytes(gguf)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer added = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        text(added, "tokenizer.ggml.model");
        text(added.putInt(8), "gpt2");
        text(added, "tokenizer.ggml.pre");
        text(added.putInt(8), "gpt-2");
        text(added, "tokenizer.ggml.tokens");
        added.putInt(9).putInt(8).putLong(40);
        for (int i = 0; i < 40; i++) {
            text(added, i == 2 ? "<end>" : String.valueOf((char) ('0' + i)));
        }
        text(added, "tokenizer.ggml.token_type");
        added.putInt(9).putInt(5).putLong(40);
        for (int i = 0; i < 40; i++) {
            added.putInt(i == 2 ? 3 : 1);
        }
        text(added, "tokenizer.ggml.merges");
        added.putInt(9).putInt(8).putLong(0);
        text(added, "tokenizer.ggml.eos_token_id");
        added.putInt(4).putInt(2);
        text(added, "filler");
        added.putInt(8);
        text(added, "x".repeat((32 - (added.position() + 8) % 32) % 32));
        old.putLong(16, old.getLong(16) + 7);
        Path file = folder.resolve("vocabulary.gguf");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(old.duplicate().limit(24));
            channel.write(added.flip());
            channel.write(old.position(24));
        }
        return file;
    }

    private static void text(ByteBuffer target, String text) {
        target.putLong(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Path resource(String name) {
        return TestFiles.resource(name);
    }
}
