package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.CacheScales;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions whose keys and values are in 8 bits, on the tiny checkpoints. */
class RoundedCacheTest {
    private static final int CONTEXT = 96;

    static List<String> families() {
        return DecoderSessionContract.families();
    }

    private static int[] prompt(int seed, int tokens) {
        return new Random(seed).ints(tokens, 3, 96).toArray();
    }

    /** A session with steps that were measured on one text. */
    private static DecoderSession open(String name, Precision precision, boolean rows) {
        Checkpoint checkpoint = Checkpoint.open(Golden.folder(name));
        Architecture architecture = Architecture.of(checkpoint);
        CacheScales scales = DecoderSession.scales(
                architecture.graph(checkpoint, precision, CONTEXT, AdapterInputs.NONE),
                prompt(1, 64),
                HeadLayout.of(checkpoint.config()),
                Execution.of(1));
        DecoderGraph graph = architecture.graph(
                checkpoint, precision, ElementType.FLOAT, CONTEXT, AdapterInputs.NONE, rows, Optional.of(scales));
        return DecoderSession.open(graph, 2);
    }

    @ParameterizedTest
    @MethodSource("families")
    void read_everyFamily_staysNearFloats(String name) throws IOException {
        try (DecoderSession session = open(name, Precision.FP32, false)) {
            session.reserve(1, 90);
            for (Golden.Case golden : Golden.read(name).cases()) {
                session.truncate(0, 0);
                int[] prompt = golden.prompt();
                Logits logits = session.read(0, prompt, 0, prompt.length, 0);
                golden.logits()
                        .forEach((position, expected) -> assertThat(DecoderSessionContract.distance(
                                        DecoderSessionContract.row(session, logits, position), expected))
                                .as("%s at %d", name, position)
                                .isLessThan(0.2)); // numbers of other texts are cut where they are larger
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void bytes_ofATokens_areAQuarter(String name) {
        try (DecoderSession session = open(name, Precision.FP32, false)) {
            Checkpoint checkpoint = Checkpoint.open(Golden.folder(name));
            DecoderGraph floats =
                    Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, CONTEXT, AdapterInputs.NONE);
            try (DecoderSession other = DecoderSession.open(floats, 1)) {
                long token = other.bytes(new int[] {2}) - other.bytes(new int[] {1});
                assertThat(session.bytes(new int[] {2}) - session.bytes(new int[] {1}))
                        .isEqualTo(token / 4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void step_beside_isTheSameToTheBit(String name) {
        int[] prompt = prompt(1, 33);
        try (DecoderSession session = open(name, Precision.FP32, false)) {
            session.reserve(3, 90);
            session.read(0, prompt, 0, prompt.length, prompt.length - 1);
            float[] alone = DecoderSessionContract.row(session, session.step(new int[] {7}), 0);
            float[] whole = session.keysAndValues(0, prompt.length + 1);
            for (int slot = 0; slot < 3; slot++) {
                session.truncate(slot, 0);
                int[] other = slot == 1 ? prompt : prompt(slot + 5, 20 + 10 * slot);
                for (int from = 0; from < other.length; ) { // in pieces, of two tokens at least
                    int to = other.length - from < 14 ? other.length : from + 11;
                    session.read(slot, other, from, to, to - 1);
                    from = to;
                }
            }
            float[] together = DecoderSessionContract.row(session, session.step(new int[] {9, 7, 11}), 1);
            assertThat(together).isEqualTo(alone);
            assertThat(session.keysAndValues(1, prompt.length + 1)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void readTree_everyFamily_givesWhatEachPathGivesAlone(String name) {
        int[] prompt = prompt(1, 30);
        TokenTree tree = new TokenTree(new int[] {7, 12, 30, 9}, new int[] {-1, 0, 1, -1});
        int[][] paths = {{7}, {7, 12}, {7, 12, 30}, {9}};
        try (DecoderSession session = open(name, Precision.FP32, false)) {
            session.reserve(1, 90);
            Logits logits = session.readTree(0, prompt, 0, tree, AdapterMix.NONE);
            for (int node = 0; node < paths.length; node++) {
                float[] found = DecoderSessionContract.row(session, logits, 1 + node);
                session.truncate(0, prompt.length);
                float[] expected = found;
                try (DecoderSession other = open(name, Precision.FP32, false)) {
                    other.reserve(1, 90);
                    other.read(0, prompt, 0, prompt.length, prompt.length - 1);
                    for (int id : paths[node]) {
                        expected = DecoderSessionContract.row(other, other.step(new int[] {id}), 0);
                    }
                }
                // keys and values of the path are floats here and rounded there
                assertThat(DecoderSessionContract.distance(found, expected))
                        .as(name)
                        .isLessThan(0.02);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void readRows_givesTheBitsOfSteps(String name) {
        int[] prompt = prompt(1, 30);
        int[] ids = {7, 12, 30};
        try (DecoderSession session = open(name, Precision.FP32, true)) {
            session.reserve(2, 90);
            session.read(0, prompt, 0, prompt.length, prompt.length - 1);
            session.copy(0, 1, 0, prompt.length);
            float[][] expected = new float[ids.length][];
            for (int i = 0; i < ids.length; i++) {
                expected[i] = DecoderSessionContract.row(session, session.step(new int[] {ids[i]}), 0);
            }
            Logits logits = session.readRows(1, ids, AdapterMix.NONE);
            for (int i = 0; i < ids.length; i++) {
                assertThat(DecoderSessionContract.row(session, logits, i)).isEqualTo(expected[i]);
            }
            assertThat(session.keysAndValues(1, 33)).isEqualTo(session.keysAndValues(0, 33));
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void of_aText_holdsItWithinHalfAStep(String name) {
        try (DecoderSession session = open(name, Precision.FP32, false)) {
            Checkpoint checkpoint = Checkpoint.open(Golden.folder(name));
            DecoderGraph floats =
                    Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, CONTEXT, AdapterInputs.NONE);
            int[] text = prompt(1, 64);
            try (DecoderSession other = DecoderSession.open(floats, 1)) {
                other.reserve(1, 80);
                session.reserve(1, 80);
                other.read(0, text, 0, 1, 0);
                session.read(0, text, 0, 1, 0);
                float[] exact = other.keysAndValues(0, 1);
                float[] rounded = session.keysAndValues(0, 1);
                int first = exact.length / checkpoint.config().layers(); // later layers see what was rounded
                float most = 0;
                for (int i = 0; i < first; i++) {
                    most = Math.max(most, Math.abs(exact[i]));
                }
                for (int i = 0; i < first; i++) {
                    assertThat(rounded[i]).isCloseTo(exact[i], within(most / 50));
                }
            }
        }
    }
}
