package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.HiddenStates;
import dev.llmadapt.HiddenStates.Pooling;
import dev.llmadapt.Message;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hidden states of a model; {@code HiddenStatesSessionTest} has the numbers of transformers. */
class ModelStatesTest {
    private final LocalModel model = LocalModel.open(
            Golden.folder("tiny-llama3"), ModelOptions.defaults().withThreads(1));

    private record Fixed(String name, AdapterEffect effect) implements LocalAdapter {
        @Override
        public Method method() {
            return Method.LORA;
        }

        @Override
        public long parameterCount() {
            return 1;
        }

        @Override
        public void requireMadeFor(BaseFingerprint base) {}

        @Override
        public AdapterEffect effectOn(BaseModules base) {
            return effect;
        }
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void hiddenStates_severalTexts_areThoseOfEachAlone() {
        List<Request> requests = new ArrayList<>();
        for (String text : List.of("the card", "where is my card? it was lost", "the bank", "the card", "a", "b")) {
            requests.add(Request.of(text));
            requests.add(Request.of(text).withRaw(true));
        }
        for (Pooling pooling : Pooling.values()) {
            List<float[][]> together = model.hiddenStates(requests, pooling);
            for (int i = 0; i < requests.size(); i++) {
                assertClose(together.get(i), states(requests.get(i), pooling));
                assertThat(together.get(i)).hasDimensions(model.stateCount(), model.hiddenSize());
            }
        }
        assertThat(model.stateCount()).isEqualTo(3);
        assertThat(model.hiddenStates(List.of(), Pooling.MEAN)).isEmpty();
    }

    @Test
    void hiddenStates_textOfOneToken_areItsOwnByEitherPooling() {
        Request request = Request.of("a").withRaw(true);
        assertThat(model.promptTokens(request)).hasSize(1);
        assertThat(states(request, Pooling.MEAN)).isDeepEqualTo(states(request, Pooling.LAST));
    }

    @Test
    void hiddenStates_mean_countsTheLastMessageAlone() {
        // embeddings do not depend on what stands around them
        float[] inChat = states(Request.of(Message.system("the bank"), Message.user("card")), Pooling.MEAN)[0];
        float[] bare = states(Request.of("card").withRaw(true), Pooling.MEAN)[0];
        assertThat(inChat).containsExactly(bare, within(1e-6f));
        float[][] other = states(Request.of(Message.system("help"), Message.user("card")), Pooling.MEAN);
        assertThat(other[0]).containsExactly(bare, within(1e-6f));
        assertThat(other[1]).isNotEqualTo(states(Request.of("card").withRaw(true), Pooling.MEAN)[1]);
    }

    @Test
    void hiddenStates_loadedAndUnloadedAdapters_actOnRequestsThatNameThem() {
        Request request = Request.of("where is my card?");
        float[][] base = states(request, Pooling.LAST);
        try (Checkpoint files = Checkpoint.open(model.checkpoint())) {
            RandomEffects random = new RandomEffects(files, 5);
            model.loadAdapter(new Fixed("narrow", random.lora(2, false, List.of("q_proj"))));
            model.loadAdapter(new Fixed("wide", random.lora(4, true, RandomEffects.ALL_LINEAR)));
            model.loadAdapter(new Fixed("prompt", random.virtualTokens(4, false)));
            model.loadAdapter(new Fixed("prefix", random.virtualTokens(4, true)));
        }
        float[][] narrow = states(request.withAdapter("narrow"), Pooling.LAST);
        float[][] wide = states(request.withAdapter("wide"), Pooling.LAST);
        List<Request> mixed = List.of(
                request,
                request.withAdapter("wide"),
                request.withAdapter("narrow"),
                request.withAdapter("prompt"),
                request);
        List<float[][]> together = model.hiddenStates(mixed, Pooling.LAST);
        assertClose(together.get(0), base);
        assertClose(together.get(1), wide);
        assertClose(together.get(2), narrow);
        assertClose(together.get(3), states(request.withAdapter("prompt"), Pooling.LAST));
        assertClose(together.get(4), base);
        assertThat(narrow[2]).isNotEqualTo(base[2]);
        assertThat(wide[2]).isNotEqualTo(narrow[2]);
        assertThatThrownBy(() -> states(request.withAdapter("prefix"), Pooling.LAST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("adapter 'prefix' is a prefix of keys and values");
        model.unloadAdapter("wide");
        assertThatThrownBy(() -> states(request.withAdapter("wide"), Pooling.LAST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown adapter 'wide'");
        assertClose(states(request.withAdapter("narrow"), Pooling.LAST), narrow);
    }

    @Test
    void hiddenStates_textLongerThanTheContext_isRefusedWithItsNumber() {
        List<Request> requests = List.of(Request.of("card"), Request.of("xyz ".repeat(200)));
        assertThatThrownBy(() -> model.hiddenStates(requests, Pooling.MEAN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("text 2 of 2", "the context holds 256");
    }

    @Test
    void hiddenStates_exportedModel_isRefused() {
        try (LocalModel exported =
                LocalModel.open(Golden.folder("exported/optimum/model.onnx"), ModelOptions.defaults())) {
            assertThat(exported.stateCount()).isEqualTo(3);
            assertThatThrownBy(() -> exported.hiddenStates(List.of(Request.of("card")), Pooling.MEAN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("model.onnx", "open the checkpoint it was exported from");
        }
    }

    @Test
    void hiddenStates_interruptedThread_isCancelled() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> states(Request.of("card"), Pooling.MEAN))
                    .isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(states(Request.of("card"), Pooling.MEAN)).isNotEmpty();
    }

    @Test
    void hiddenStates_ofAClosedModel_areRefused() {
        states(Request.of("card"), Pooling.MEAN);
        model.close();
        assertThatThrownBy(() -> states(Request.of("card"), Pooling.MEAN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(model::stateCount).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void unwrap_throughALayer_findsTheModel() {
        try (ModelLayer layer = new ModelLayer(model) {}) {
            assertThat(layer.unwrap(HiddenStates.class)).containsSame(model);
        }
    }

    private float[][] states(Request request, Pooling pooling) {
        return model.hiddenStates(List.of(request), pooling).get(0);
    }

    private static void assertClose(float[][] actual, float[][] expected) {
        for (int state = 0; state < expected.length; state++) {
            assertThat(actual[state]).containsExactly(expected[state], within(1e-4f));
        }
    }
}
