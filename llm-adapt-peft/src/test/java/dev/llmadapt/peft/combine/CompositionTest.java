package dev.llmadapt.peft.combine;

import static dev.llmadapt.peft.folder.Stored.lora;
import static dev.llmadapt.peft.folder.Stored.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Adapter.Method;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.Safetensors;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.combine.Combination.MajoritySign;
import dev.llmadapt.peft.combine.Combination.Mixing;
import dev.llmadapt.peft.combine.Combination.OfUpdates;
import dev.llmadapt.peft.folder.AdapterConfig.Bias;
import dev.llmadapt.peft.folder.AdapterConfig.Ia3;
import dev.llmadapt.peft.folder.AdapterConfig.Lora;
import dev.llmadapt.peft.folder.AdapterConfig.Prompt;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.LoraFactors;
import dev.llmadapt.peft.folder.Stored;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway") // a missing tensor fails the test
class CompositionTest {
    private static final String Q = "model.layers.0.self_attn.q_proj";
    private static final String V = "model.layers.1.self_attn.v_proj";

    @ParameterizedTest
    @ValueSource(strings = {"cat", "linear", "svd", "ties", "ties-svd", "magnitude-prune"})
    void combine_goldenAdapters_equalsPeft(String kind) throws IOException {
        Path folder = AdapterGolden.resource("adapters/compose-" + kind);
        JsonObject how = JsonParser.parseString(Files.readString(folder.resolve("golden.json")))
                .getAsJsonObject();
        Combination combination = Combination.named(
                how.get("combination").getAsString(),
                new Combination.Settings(
                        how.has("svd_rank") ? OptionalInt.of(how.get("svd_rank").getAsInt()) : OptionalInt.empty(),
                        how.has("density")
                                ? java.util.OptionalDouble.of(how.get("density").getAsDouble())
                                : java.util.OptionalDouble.empty(),
                        Optional.empty(),
                        java.util.OptionalLong.empty()));
        StoredAdapter combined = Composition.of(
                List.of(
                        part(
                                "one",
                                golden("one"),
                                how.getAsJsonArray("weights").get(0).getAsDouble()),
                        part(
                                "two",
                                golden("two"),
                                how.getAsJsonArray("weights").get(1).getAsDouble())),
                combination);
        Map<String, double[][]> expected = Stored.updates(golden(kind));
        assertClose(Stored.updates(combined), expected, 1e-5, kind);
        assertThat(expected).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void cat_anyRanksAndModules_isTheWeightedSum(long seed) {
        Random random = new Random(seed);
        List<Composition.Part> parts = new java.util.ArrayList<>();
        Map<String, double[][]> expected = new LinkedHashMap<>();
        int total = 0;
        for (int p = 0; p < 3; p++) {
            int rank = 1 + random.nextInt(3);
            int other = 1 + random.nextInt(3);
            total = Math.max(total, 0) + rank;
            Lora config = new Lora(
                    rank,
                    random.nextInt(9),
                    0,
                    Stored.targets("q_proj", "v_proj", "embed_tokens"),
                    Map.of("layers.1.self_attn.v_proj", other),
                    Map.of("v_proj", 3.5),
                    random.nextBoolean(),
                    false,
                    Bias.NONE,
                    false);
            List<WeightTensor> tensors = new java.util.ArrayList<>(List.of(
                    Stored.random(Q + ".lora_A.weight", random, rank, 6),
                    Stored.random(Q + ".lora_B.weight", random, 5, rank),
                    Stored.random("model.embed_tokens.lora_embedding_A", random, rank, 11),
                    Stored.random("model.embed_tokens.lora_embedding_B", random, 6, rank)));
            if (p != 1) {
                tensors.add(Stored.random(V + ".lora_A.weight", random, other, 4));
                tensors.add(Stored.random(V + ".lora_B.weight", random, 7, other));
            }
            StoredAdapter adapter = Stored.of(config, tensors.toArray(WeightTensor[]::new));
            double weight = random.nextGaussian();
            parts.add(part("p" + p, adapter, weight));
            Stored.updates(adapter).forEach((path, update) -> {
                double[][] sum = expected.computeIfAbsent(path, k -> new double[update.length][update[0].length]);
                for (int o = 0; o < sum.length; o++) {
                    for (int i = 0; i < sum[o].length; i++) {
                        sum[o][i] += weight * update[o][i];
                    }
                }
            });
        }
        StoredAdapter cat = Composition.of(parts, Combination.cat());
        assertClose(Stored.updates(cat), expected, 1e-4, "cat, seed " + seed);
        // Factors of rank 5 or more hold whatever 5 outputs can differ in.
        StoredAdapter svd = Composition.of(parts, new OfUpdates(new Mixing.Sum(), OptionalInt.of(4)));
        StoredAdapter straight =
                Composition.of(parts, new OfUpdates(new Mixing.Ties(1, MajoritySign.TOTAL), OptionalInt.of(4)));
        assertThat(Stored.updates(svd).keySet())
                .isEqualTo(Stored.updates(straight).keySet());
        assertThat(((Lora) svd.config()).rankPattern()).isEmpty();
        assertThat(LoraFactors.of((Lora) cat.config(), cat.tensors())
                        .modules()
                        .get(Q)
                        .rank())
                .as("seed %d", seed)
                .isEqualTo(total);
    }

    @Test
    void linear_negativeWeight_mixesFactors() {
        StoredAdapter one = adapter(2, 2, new float[] {1, 2, 3, 4}, new float[] {1, 0, 0, 1});
        StoredAdapter two = adapter(2, 8, new float[] {1, 1, 1, 1}, new float[] {2, 2, 2, 2});
        StoredAdapter mixed =
                Composition.of(List.of(part("one", one, 0.25), part("two", two, -1)), Combination.linear());
        // one: scaling 1, root 0.5; two: scaling 4, root 2, the sign on A.
        assertThat(mixed.tensors().get(Q + ".lora_A.weight").toFloats()).containsExactly(-1.5f, -1, -0.5f, 0);
        assertThat(mixed.tensors().get(Q + ".lora_B.weight").toFloats()).containsExactly(4.5f, 4, 4, 4.5f);
        assertThat(mixed.config()).isEqualTo(lora(2, 2, "q_proj"));
    }

    @Test
    void ties_byHand_electsSignsAndAverages() {
        float[] merged = Mix.of(
                List.of(new float[] {4, -1, 3, 0.5f, -9}, new float[] {-2, -3, 1, 8, 8}),
                new float[] {1, 0.5f},
                new Mixing.Ties(0.8, MajoritySign.TOTAL),
                "x");
        // Pruned to four each: 0.5 and 1 go. Elected: +, -, +, +, -.
        assertThat(merged).containsExactly(4, (-1 - 1.5f) / 2, 3, 4, -9);
        float[] byCount = Mix.of(
                List.of(new float[] {5}, new float[] {-1}, new float[] {-1}),
                new float[] {1, 1, 1},
                new Mixing.Ties(1, MajoritySign.FREQUENCY),
                "x");
        assertThat(byCount).containsExactly(-1);
    }

    @Test
    void largest_equalMagnitudes_keepsExactlyTheShare() {
        assertThat(Mix.largest(new float[] {1, -1, 1, 1, 2}, 0.6)).containsExactly(1, -1, 0, 0, 2);
        assertThat(Mix.largest(new float[] {1, 2}, 0.4)).containsExactly(0, 0);
    }

    @Test
    void dare_sameSeed_isTheSameAndUnbiased() {
        float[] ones = new float[20_000];
        Arrays.fill(ones, 1);
        Mixing how = new Mixing.DareLinear(0.25, 7);
        float[] first = Mix.of(List.of(ones, ones), new float[] {1, 1}, how, "a");
        assertThat(Mix.of(List.of(ones, ones), new float[] {1, 1}, how, "a")).isEqualTo(first);
        assertThat(Mix.of(List.of(ones, ones), new float[] {1, 1}, how, "b")).isNotEqualTo(first);
        assertThat(Mix.of(List.of(ones, ones), new float[] {1, 1}, new Mixing.DareLinear(0.25, 8), "a"))
                .isNotEqualTo(first);
        double sum = 0;
        for (float value : first) {
            assertThat(value).isIn(0f, 4f, 8f);
            sum += value;
        }
        assertThat(sum / first.length).isCloseTo(2, within(0.1));
    }

    @Test
    void density_one_changesNothing() {
        Random random = new Random(5);
        List<Composition.Part> parts = List.of(
                part("a", random(random, 3), 0.5), part("b", random(random, 3), -0.3), part("c", random(random, 3), 2));
        Map<String, WeightTensor> linear =
                Composition.of(parts, Combination.linear()).tensors();
        for (Combination how : List.of(Combination.dareLinear(1, 3), Combination.magnitudePrune(1))) {
            Composition.of(parts, how)
                    .tensors()
                    .forEach((key, tensor) -> assertThat(tensor.toFloats())
                            .isEqualTo(linear.get(key).toFloats()));
        }
    }

    @Test
    void biasOfB_addsUpOrIsRefused() {
        Lora config = new Lora(1, 2, 0, Stored.targets("q_proj"), Map.of(), Map.of(), false, false, Bias.NONE, true);
        StoredAdapter biased = Stored.of(
                config,
                tensor(Q + ".lora_A.weight", new float[] {1, 1}, 1, 2),
                tensor(Q + ".lora_B.weight", new float[] {1, 1}, 2, 1),
                tensor(Q + ".lora_B.bias", new float[] {3, -1}, 2));
        StoredAdapter plain = adapter(1, 1, new float[] {1, 1}, new float[] {1, 1});
        StoredAdapter sum = Composition.of(List.of(part("a", biased, 0.5), part("b", plain, 1)), Combination.cat());
        assertThat(sum.tensors().get(Q + ".lora_B.bias").toFloats()).containsExactly(3, -1);
        assertThat(((Lora) sum.config()).loraBias()).isTrue();
        refuses("lora_bias", Combination.ties(0.5), part("a", biased, 0.5), part("b", plain, 1));
    }

    @Test
    void ia3_linear_sumsVectors() {
        Ia3 config = new Ia3(Stored.targets("k_proj", "down_proj"), Stored.targets("down_proj"));
        StoredAdapter one = Stored.of(
                config,
                tensor("a.k_proj.ia3_l", new float[] {1, 2}, 2, 1),
                tensor("a.down_proj.ia3_l", new float[] {1, 2, 3}, 1, 3));
        StoredAdapter two = Stored.of(config, tensor("a.k_proj.ia3_l", new float[] {3, -2}, 2, 1));
        StoredAdapter sum = Composition.of(List.of(part("a", one, 0.5), part("b", two, 2)), Combination.linear());
        assertThat(sum.config()).isEqualTo(config);
        assertThat(sum.tensors().get("a.k_proj.ia3_l").toFloats()).containsExactly(6.5f, -3);
        assertThat(sum.tensors().get("a.down_proj.ia3_l").toFloats()).containsExactly(0.5f, 1, 1.5f);
        refuses("only be combined by linear", Combination.cat(), part("a", one, 1), part("b", two, 1));
        refuses(
                "different sides",
                Combination.linear(),
                part("a", one, 1),
                part("b", Stored.of(config, tensor("a.k_proj.ia3_l", new float[] {3, -2}, 1, 2)), 1));
    }

    @Test
    void impossible_isRefusedWithTheReason() {
        StoredAdapter plain = adapter(1, 1, new float[] {1, 1}, new float[] {1, 1});
        StoredAdapter wider = adapter(2, 1, new float[] {1, 1, 1, 1}, new float[] {1, 1, 1, 1});
        StoredAdapter taller = Stored.of(
                lora(1, 1, "q_proj"),
                tensor(Q + ".lora_A.weight", new float[] {1, 1}, 1, 2),
                tensor(Q + ".lora_B.weight", new float[] {1, 1, 1}, 3, 1));
        refuses("equal ranks", Combination.linear(), part("a", plain, 1), part("b", wider, 1));
        refuses("'a' and linear, 2 to 3 in 'b'", Combination.cat(), part("a", plain, 1), part("b", taller, 1));
        refuses("rank 5 is above", Combination.svd(5), part("a", plain, 1), part("b", wider, 1));
        Lora dora = new Lora(1, 1, 0, Stored.targets("q_proj"), Map.of(), Map.of(), false, true, Bias.NONE, false);
        refuses("DoRA", Combination.cat(), part("a", plain, 1), part("b", Stored.of(dora), 1));
        Lora biased =
                new Lora(1, 1, 0, Stored.targets("q_proj"), Map.of(), Map.of(), false, false, Bias.LORA_ONLY, false);
        refuses("bias: lora_only", Combination.cat(), part("a", plain, 1), part("b", Stored.of(biased), 1));
        StoredAdapter prompt = Stored.of(
                new Prompt(Method.PROMPT_TUNING, 1, 2, Optional.empty()),
                tensor("prompt_embeddings", new float[2], 1, 2));
        refuses("PROMPT_TUNING cannot be combined", Combination.cat(), part("a", prompt, 1));
        refuses("different methods", Combination.cat(), part("a", plain, 1), part("b", prompt, 1));
        refuses(
                "has no tensor " + Q + ".lora_B.weight",
                Combination.cat(),
                part("a", Stored.of(lora(1, 1, "q_proj"), tensor(Q + ".lora_A.weight", new float[2], 1, 2)), 1));
        refuses(
                "model.norm.weight",
                Combination.cat(),
                part("a", Stored.of(lora(1, 1, "q_proj"), tensor("model.norm.weight", new float[2], 2)), 1));
        refuses(
                "rank 3, its factors have rank 1",
                Combination.cat(),
                part("a", new StoredAdapter(lora(3, 1, "q_proj"), Stored.NOWHERE, plain.tensors()), 1));
        refuses(
                "made for different models",
                Combination.cat(),
                part("a", withFingerprint(plain, "1234"), 1),
                part("b", withFingerprint(plain, "5678"), 1));
        assertThatThrownBy(() -> part("a", plain, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Composition.of(List.of(), Combination.cat()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static StoredAdapter withFingerprint(StoredAdapter adapter, String fingerprint) {
        return new StoredAdapter(
                adapter.config(),
                new StoredAdapter.Base(Optional.empty(), Optional.empty(), Optional.of(fingerprint), Optional.empty()),
                adapter.tensors());
    }

    private static void refuses(String part, Combination how, Composition.Part... parts) {
        assertThatThrownBy(() -> Composition.of(List.of(parts), how))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(part);
    }

    private static Composition.Part part(String name, StoredAdapter adapter, double weight) {
        return new Composition.Part(name, adapter, weight);
    }

    private static StoredAdapter adapter(int rank, double alpha, float[] a, float[] b) {
        return Stored.of(
                lora(rank, alpha, "q_proj"),
                tensor(Q + ".lora_A.weight", a, rank, a.length / rank),
                tensor(Q + ".lora_B.weight", b, b.length / rank, rank));
    }

    private static StoredAdapter random(Random random, int rank) {
        return Stored.of(
                lora(rank, 1, "q_proj"),
                Stored.random(Q + ".lora_A.weight", random, rank, 5),
                Stored.random(Q + ".lora_B.weight", random, 4, rank));
    }

    private static StoredAdapter golden(String name) throws IOException {
        Path folder = AdapterGolden.resource("adapters/compose-" + name);
        JsonObject config = JsonParser.parseString(Files.readString(folder.resolve("adapter_config.json")))
                .getAsJsonObject();
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        Safetensors.read(folder.resolve("adapter_model.safetensors"))
                .forEach((key, tensor) -> tensors.put(key.substring("base_model.model.".length()), tensor));
        return new StoredAdapter(
                lora(config.get("r").getAsInt(), config.get("lora_alpha").getAsDouble(), "q_proj", "down_proj"),
                Stored.NOWHERE,
                tensors);
    }

    private static void assertClose(
            Map<String, double[][]> actual, Map<String, double[][]> expected, double tolerance, String what) {
        assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((path, rows) -> {
            for (int o = 0; o < rows.length; o++) {
                assertThat(actual.get(path)[o])
                        .as("%s, %s, row %d", what, path, o)
                        .containsExactly(rows[o], within(tolerance));
            }
        });
    }
}
