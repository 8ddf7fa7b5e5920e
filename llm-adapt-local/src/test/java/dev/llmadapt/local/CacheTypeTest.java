package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and values in 8 bits. */
class CacheTypeTest {
    private static final Request REQUEST = Request.of("what is lost at the bank?")
            .withOptions(GenerationOptions.defaults().withMaxTokens(12));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private LocalModel open() {
        Checkpoint files = Checkpoint.open(Golden.folder("tiny-ascii"));
        ModelOptions options = ModelOptions.defaults().withThreads(2).withCacheType(CacheType.INT8);
        return LocalModel.open(
                new CheckpointBase(files, options, new CacheSteps(Optional.of(folder.resolve("steps")))),
                files.path(),
                options,
                List.of());
    }

    private Path steps() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("steps"))) {
            return files.toList().get(0);
        }
    }

    @Test
    void generate_secondTime_hasTheStepsOfTheFirst() throws IOException {
        String first;
        try (LocalModel model = open()) {
            first = model.generate(REQUEST).text();
            assertThat(first).isNotEmpty();
            assertThat(model.score(REQUEST, List.of("lost", "card")).entries()).hasSize(2);
        }
        byte[] bytes = Files.readAllBytes(steps());
        try (LocalModel model = open()) {
            assertThat(model.generate(REQUEST).text()).isEqualTo(first);
        }
        Files.write(steps(), new byte[bytes.length]); // steps of zero
        try (LocalModel model = open()) {
            assertThat(model.generate(REQUEST).text()).isEqualTo(first);
        }
        assertThat(Files.readAllBytes(steps())).isEqualTo(bytes);
        Files.write(steps(), new byte[] {1, 2, 3});
        open().close();
        assertThat(Files.readAllBytes(steps())).isEqualTo(bytes);
    }

    @Test
    void cacheSize_aToken_takesAQuarter() {
        try (LocalModel floats = LocalModel.open(
                        Golden.folder("tiny-ascii"), ModelOptions.defaults().withThreads(2));
                LocalModel bytes = open()) {
            assertThat(bytes.cacheSize().bytesPerToken())
                    .isEqualTo(floats.cacheSize().bytesPerToken() / 4);
        }
    }

    @Test
    void generate_withAnAdapter_works() {
        try (LocalModel model = open();
                Checkpoint files = Checkpoint.open(Golden.folder("tiny-ascii"))) {
            String base = model.generate(REQUEST).text();
            AdapterEffect effect = new RandomEffects(files, 1).lora(4, false, RandomEffects.ALL_LINEAR);
            model.loadAdapter(new LocalAdapter() {
                @Override
                public String name() {
                    return "random";
                }

                @Override
                public Method method() {
                    return Method.LORA;
                }

                @Override
                public long parameterCount() {
                    return 1;
                }

                @Override
                public AdapterEffect effectOn(BaseModules modules) {
                    return effect;
                }
            });
            assertThat(model.generate(REQUEST.withAdapter("random")).tokens()).isNotEmpty();
            assertThat(model.generate(REQUEST).text()).isEqualTo(base);
        }
    }

    @Test
    void options_onAGpu_areRefused() {
        assertThatThrownBy(() -> ModelOptions.defaults()
                        .withDevice(new Device.Cuda(0, DataType.F16))
                        .withCacheType(CacheType.INT8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 bits are for the CPU");
    }

    @Test
    void open_exportedModel_isRefused() {
        assertThatThrownBy(() -> LocalModel.open(
                        Golden.folder("exported/optimum/model.onnx"),
                        ModelOptions.defaults().withCacheType(CacheType.INT8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 bits are for checkpoints");
    }
}
