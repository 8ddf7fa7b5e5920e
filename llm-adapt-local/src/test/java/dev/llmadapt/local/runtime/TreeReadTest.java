package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens read as a tree against each path read as a text of its own. */
class TreeReadTest {
    private static final TokenTree TREE = new TokenTree(
            new int[] {7, 12, 30, 31, 9, 9, 9, 9, 9, 9, 9, 9, 50, 2, 12, 7, 41, 3, 3},
            new int[] {-1, 0, 1, 1, -1, 4, 5, 6, 7, 8, 9, 10, -1, 12, 12, 0, 15, -1, 17});

    static List<String> families() {
        return DecoderSessionContract.families();
    }

    @ParameterizedTest
    @MethodSource("families")
    void readTree_everyFamily_givesWhatEachPathGivesAlone(String name) throws IOException {
        int[] prompt = prompt(name);
        try (DecoderSession session = open(name, Precision.FP32, 2)) {
            session.reserve(1, prompt.length + 16);
            float[][] tree = tree(session, prompt, 0, TREE, AdapterMix.NONE);
            assertThat(session.filled(0)).isEqualTo(prompt.length);
            assertClose(tree[0], alone(session, prompt, new int[0], AdapterMix.NONE), "the text");
            for (int node = 0; node < TREE.size(); node++) {
                assertClose(
                        tree[1 + node], alone(session, prompt, path(node), AdapterMix.NONE), name + ", token " + node);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void readTree_cache_holdsTheTextAsAReadLeavesIt(String name) throws IOException {
        int[] prompt = prompt(name);
        try (DecoderSession session = open(name, Precision.FP32, 1)) {
            session.reserve(1, prompt.length + 16);
            session.read(0, prompt, 0, prompt.length, prompt.length - 1);
            float[] expected = session.keysAndValues(0, prompt.length);
            float[] next = row(session, session.step(new int[] {5}), 0);
            session.truncate(0, 0);
            tree(session, prompt, 0, TREE, AdapterMix.NONE);
            assertThat(session.keysAndValues(0, prompt.length)).isEqualTo(expected);
            assertThat(row(session, session.step(new int[] {5}), 0)).isEqualTo(next);
        }
    }

    @Test
    void readTree_otherTokensBesideOrAnotherStart_isTheSameToTheBit() {
        for (String name : List.of("tiny-llama", "tiny-gemma3", "tiny-gpt2", "tiny-qwen2-window")) {
            int[] prompt = longPrompt(name.equals("tiny-gpt2") ? 80 : 300); // of a context of 96
            for (int threads : new int[] {1, 2, 3, 7}) {
                try (DecoderSession session = open(name, Precision.AS_STORED, threads)) {
                    session.reserve(1, 512);
                    float[][] all = tree(session, prompt, 0, TREE, AdapterMix.NONE);
                    float[][] later = tree(session, prompt, prompt.length - 2, TREE, AdapterMix.NONE);
                    assertThat(later).as("%s, %d threads", name, threads).isDeepEqualTo(all);
                    TokenTree many = many(64);
                    float[][] wide = tree(session, prompt, 0, many, AdapterMix.NONE);
                    for (int node = 0; node < TREE.size(); node++) {
                        int[] path = path(node);
                        TokenTree chain = new TokenTree(
                                path, IntStream.range(-1, path.length - 1).toArray());
                        float[][] alone = tree(session, prompt, prompt.length - 2, chain, AdapterMix.NONE);
                        assertThat(alone[0])
                                .as("%s, %d threads, the text", name, threads)
                                .isEqualTo(all[0]);
                        assertThat(alone[path.length])
                                .as("%s, %d threads, token %d", name, threads, node)
                                .isEqualTo(all[1 + node]);
                        assertThat(wide[1 + node])
                                .as("%s, %d threads, token %d of many", name, threads, node)
                                .isEqualTo(all[1 + node]);
                    }
                }
            }
        }
    }

    @Test
    void readTree_adaptersOfEveryKind_givesWhatEachPathGivesAlone() throws IOException {
        int[] prompt = prompt("tiny-llama3");
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"))) {
            LoadedAdapters loaded = new LoadedAdapters(base.config().vocabularySize());
            RandomEffects effects = new RandomEffects(base, 5);
            for (AdapterEffect effect : List.of(
                    effects.lora(4, true, RandomEffects.ALL_LINEAR),
                    effects.ia3(),
                    effects.virtualTokens(5, false),
                    effects.virtualTokens(6, true))) {
                int tokens = effect.prefixTokens()
                        + effect.prompt().length / base.config().hiddenSize();
                LoadedAdapters.Place place = loaded.reserve(tokens);
                PreparedAdapter adapter =
                        PreparedAdapter.of("a" + place.order(), effect, base, place.order(), place.firstVirtualId());
                AdapterMix mix = new AdapterMix(List.of(new AdapterMix.Part(adapter, 1)));
                int[] text = mix.promptIds(prompt);
                try (DecoderSession session = open(base, Precision.FP32, adapter.inputs(), 2)) {
                    session.reserve(1, 256);
                    float[][] tree = tree(session, text, 0, TREE, mix);
                    for (int node = 0; node < TREE.size(); node++) {
                        assertClose(
                                tree[1 + node], alone(session, text, path(node), mix), adapter.name() + ", " + node);
                    }
                }
            }
        }
    }

    @Test
    void tokenTree_thatIsNone_isRefused() {
        assertThatThrownBy(() -> new TokenTree(new int[0], new int[0])).hasMessageContaining("a token at least");
        assertThatThrownBy(() -> new TokenTree(new int[] {1}, new int[] {0})).hasMessageContaining("parent: 0");
        assertThatThrownBy(
                        () -> new TokenTree(new int[9], IntStream.range(-1, 8).toArray()))
                .hasMessageContaining("more than 8");
    }

    private static TokenTree many(int size) {
        int[] tokens = Arrays.copyOf(TREE.tokens(), size);
        int[] parents = Arrays.copyOf(TREE.parents(), size);
        for (int node = TREE.size(); node < size; node++) {
            tokens[node] = node;
            parents[node] = node % 3 == 0 ? -1 : node - 1;
        }
        return new TokenTree(tokens, parents);
    }

    private static int[] prompt(String name) throws IOException {
        List<Golden.Case> cases = Golden.read(name).cases();
        return cases.get(cases.size() - 1).prompt();
    }

    private static int[] longPrompt(int length) {
        return IntStream.range(0, length).map(i -> 3 + i * 7 % 50).toArray();
    }

    private static int[] path(int node) {
        return Arrays.stream(TREE.path(node)).map(at -> TREE.tokens()[at]).toArray();
    }

    private static float[][] tree(DecoderSession session, int[] text, int from, TokenTree tree, AdapterMix mix) {
        begin(session, from, mix);
        Logits logits = session.readTree(0, text, session.filled(0), tree, mix);
        float[][] rows = new float[1 + tree.size()][];
        Arrays.setAll(rows, row -> row(session, logits, row));
        return rows;
    }

    private static void begin(DecoderSession session, int from, AdapterMix mix) {
        if (mix.prefixTokens() > 0) {
            session.preload(0, mix);
        } else {
            session.truncate(0, from);
        }
    }

    private static float[] alone(DecoderSession session, int[] text, int[] path, AdapterMix mix) {
        int[] whole = IntStream.concat(Arrays.stream(text), Arrays.stream(path)).toArray();
        begin(session, 0, mix);
        return row(session, session.read(0, whole, session.filled(0), whole.length, whole.length - 1, mix), 0);
    }

    private static float[] row(DecoderSession session, Logits logits, int index) {
        float[] row = new float[session.vocabularySize()];
        logits.get(index * row.length, row);
        return row;
    }

    private static void assertClose(float[] actual, float[] expected, String what) {
        assertThat(actual).as(what).containsExactly(expected, within(1e-4f));
    }

    private static DecoderSession open(String name, Precision precision, int threads) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name))) {
            return open(checkpoint, precision, AdapterInputs.NONE, threads);
        }
    }

    private static DecoderSession open(Checkpoint base, Precision precision, AdapterInputs inputs, int threads) {
        return DecoderSession.open(Architecture.of(base).graph(base, precision, 512, inputs), threads);
    }
}
