package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Adapters that are no PEFT folders, and what a model holds open for them. */
class ModelAdaptersTest {
    private static final String MODULE = "model.layers.0.self_attn.q_proj";
    private static final Request REQUEST = Request.of("abc")
            .withOptions(GenerationOptions.defaults().withTemperature(0).withMaxTokens(6));

    /** Scales the outputs of a module. */
    private record Scale(String name, float factor, boolean fits) implements LocalAdapter {
        @Override
        public Method method() {
            return Method.IA3;
        }

        @Override
        public long parameterCount() {
            return 1;
        }

        @Override
        public void requireMadeFor(BaseFingerprint base) {
            if (!fits) {
                throw new AdapterException("adapter '" + name + "' was made for another model than " + base.model());
            }
        }

        @Override
        public AdapterEffect effectOn(BaseModules base) {
            float[] scale =
                    new float[Objects.requireNonNull(base.linear().get(MODULE)).out()];
            IntStream.range(0, scale.length).forEach(i -> scale[i] = factor);
            return new AdapterEffect(
                    Map.of(), Map.of(), Map.of(MODULE, scale), Map.of(), Map.of(), new float[0], new float[0], 0);
        }
    }

    private static String answer(LocalModel model, String... adapters) {
        Request request = REQUEST;
        for (String adapter : adapters) {
            request = request.withAdapters(List.of(AdapterUse.of(adapter)));
        }
        Generation generation = model.generate(request);
        return generation.text();
    }

    @Test
    void adapterOfAnyKind_isServedAndUnloaded() {
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults())) {
            String before = answer(model);
            model.loadAdapter(new Scale("zero", 0, true));
            model.loadAdapter(new Scale("one", 1, true));
            assertThat(model.adapters()).extracting(Adapter::name).containsExactly("one", "zero");
            assertThat(answer(model, "one")).isEqualTo(before);
            assertThat(answer(model, "zero")).isNotNull();
            model.unloadAdapter("one");
            model.unloadAdapter("zero");
            assertThat(model.adapters()).isEmpty();
            assertThat(answer(model)).isEqualTo(before);
            assertThatThrownBy(() -> model.unloadAdapter("zero")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void adapterThatDoesNotFit_leavesTheModelAsItWas() {
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults())) {
            String before = answer(model);
            assertThatThrownBy(() -> model.loadAdapter(new Scale("x", 2, false)))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("tiny-llama");
            assertThat(model.adapters()).isEmpty();
            assertThat(answer(model)).isEqualTo(before);
            model.loadAdapter(new Scale("x", 2, true)); // its name is free
            assertThatThrownBy(() -> model.loadAdapter(new Scale("x", 3, true)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(model.adapters()).hasSize(1);
        }
    }

    @Test
    void open_withAdapters_servesThemFromTheFirstRequest() {
        ModelOptions options = ModelOptions.defaults();
        List<Scale> adapters = List.of(new Scale("one", 1, true), new Scale("three", 3, true));
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), options, adapters);
                LocalModel bare = LocalModel.open(Golden.folder("tiny-llama"), options)) {
            assertThat(model.adapters()).extracting(Adapter::name).containsExactly("one", "three");
            assertThat(answer(model)).isEqualTo(answer(bare));
            assertThat(answer(model, "one")).isEqualTo(answer(bare));
            bare.loadAdapter(adapters.get(1));
            assertThat(answer(model, "three")).isEqualTo(answer(bare, "three"));
        }
        Checkpoint files = Checkpoint.open(Golden.folder("tiny-llama"));
        for (Scale wrong : List.of(new Scale("x", 2, false), new Scale("one", 2, true))) {
            Checkpoint base = Checkpoint.open(files.path());
            assertThatThrownBy(() -> LocalModel.open(
                            new CheckpointBase(base, options, CacheSteps.of(options)),
                            base.path(),
                            options,
                            List.of(new Scale("one", 1, true), wrong)))
                    .isInstanceOf(wrong.fits() ? IllegalStateException.class : AdapterException.class);
            assertThatThrownBy(base::tensors).as("the files are closed").isInstanceOf(IllegalStateException.class);
        }
        files.close();
    }

    @Test
    void close_closesTheOneCheckpointThatIsOpen() {
        Checkpoint files = Checkpoint.open(Golden.folder("tiny-llama"));
        ModelOptions options = ModelOptions.defaults();
        LocalModel model = LocalModel.open(
                new CheckpointBase(files, options, CacheSteps.of(options)), files.path(), options, List.of());
        model.loadAdapter(new Scale("x", 2, true));
        assertThat(files.tensors()).isNotEmpty();
        model.close();
        assertThatThrownBy(files::tensors)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
