package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.folder.AdapterGolden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that others exported keep the laws of a model, answer as their checkpoint does, and serve its adapters. */
class ExportedModelTest {
    private static final Request REQUEST = Request.of("where is my card? it was lost at the bank")
            .withOptions(GenerationOptions.defaults().withMaxTokens(24));

    @TempDir
    Path temporary;

    @Nested
    class OfOptimum extends ModelContract {
        @Override
        protected Model open() {
            return ExportedModelTest.open("exported/optimum");
        }
    }

    @Nested
    class OfOptimumWithoutPositions extends ModelContract {
        @Override
        protected Model open() {
            return ExportedModelTest.open("exported/optimum/no-positions.onnx");
        }
    }

    @Nested
    class OfGenai extends ModelContract {
        @Override
        protected Model open() {
            return ExportedModelTest.open("exported/genai");
        }
    }

    @Nested
    class OfGenaiInFourBits extends ModelContract {
        @Override
        protected Model open() {
            return ExportedModelTest.open("exported/genai-int4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exported/optimum", "exported/optimum/no-positions.onnx", "exported/genai"})
    void generate_baseAndAdapterTogether_answersAsTheCheckpointDoes(String name) {
        PeftAdapter lora = PeftAdapter.read(Golden.folder("exported/adapter")).named("lora");
        List<Request> requests = List.of(REQUEST, REQUEST.withAdapters(List.of(AdapterUse.of("lora"))));
        try (LocalModel checkpoint = open("tiny-llama");
                LocalModel exported = open(name)) {
            checkpoint.loadAdapter(lora);
            exported.loadAdapter(lora);
            List<String> expected =
                    checkpoint.generate(requests).stream().map(Generation::text).toList();
            assertThat(expected.get(0)).isNotEqualTo(expected.get(1));
            assertThat(exported.generate(requests)).map(Generation::text).isEqualTo(expected);
            exported.unloadAdapter("lora");
            assertThat(exported.generate(REQUEST).text()).isEqualTo(expected.get(0));
            assertThatThrownBy(() -> exported.generate(requests.get(1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void loadAdapter_onFourBits_changesTheAnswerAndLeavesTheBase() {
        try (LocalModel exported = open("exported/genai-int4")) {
            String before = exported.generate(REQUEST).text();
            exported.loadAdapter(
                    PeftAdapter.read(Golden.folder("exported/adapter")).named("lora"));
            Request adapted = REQUEST.withAdapters(List.of(AdapterUse.of("lora")));
            assertThat(exported.generate(adapted).text()).isNotEqualTo(before);
            assertThat(exported.generate(REQUEST).text()).isEqualTo(before);
        }
    }

    @Test
    void loadAdapter_thatNeedsTheWeights_isRefusedWithTheReason() {
        try (LocalModel exported = open("exported/genai");
                Stream<Path> folders = Files.list(AdapterGolden.resource("adapters"))) {
            PeftAdapter dora = folders.filter(
                            folder -> folder.getFileName().toString().contains("dora"))
                    .filter(folder -> !folder.getFileName().toString().contains("embed"))
                    .map(PeftAdapter::read)
                    .findFirst()
                    .orElseThrow();
            assertThatThrownBy(() -> exported.loadAdapter(dora))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("DoRA")
                    .hasMessageContaining("checkpoint");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void loadAdapter_notedForAnotherTokenizer_isRefused() {
        PeftAdapter other = PeftAdapter.read(Golden.folder("exported/adapter")).madeFor(Golden.folder("tiny-ascii"));
        PeftAdapter same = PeftAdapter.read(Golden.folder("exported/adapter")).madeFor(Golden.folder("tiny-llama"));
        try (LocalModel exported = open("exported/genai")) {
            assertThatThrownBy(() -> exported.loadAdapter(other))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("tokenizer");
            exported.loadAdapter(same);
        }
    }

    @Test
    void info_ofExport_isThatOfTheCheckpoint() {
        try (LocalModel checkpoint = open("tiny-llama");
                LocalModel optimum = open("exported/optimum");
                LocalModel genai = open("exported/genai")) {
            for (LocalModel exported : List.of(optimum, genai)) {
                assertThat(exported.info().architecture())
                        .isEqualTo(checkpoint.info().architecture());
                assertThat(exported.info().parameterCount())
                        .isEqualTo(checkpoint.info().parameterCount());
                assertThat(exported.info().contextLength())
                        .isEqualTo(checkpoint.info().contextLength());
                assertThat(exported.info().vocabularySize())
                        .isEqualTo(checkpoint.info().vocabularySize());
            }
        }
    }

    @Test
    void open_modelInSubfolderOnnx_findsConfigurationAbove() throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("model"));
        copy("exported/optimum", folder);
        Path onnx = Files.createDirectory(folder.resolve("onnx"));
        Files.move(folder.resolve("model.onnx"), onnx.resolve("model.onnx"));
        for (Path path : List.of(folder, onnx.resolve("model.onnx"))) {
            assertThat(ModelSource.path(path).fetch(Progress.NONE)).isEqualTo(path);
            try (LocalModel model =
                    LocalModel.open(path, ModelOptions.defaults().withThreads(1))) {
                assertThat(model.info().name()).isEqualTo("model");
            }
        }
    }

    @Test
    void open_withoutExternalData_namesTheMissingFile() throws IOException {
        copy("exported/genai", temporary);
        Files.delete(temporary.resolve("model.onnx.data"));
        assertThatThrownBy(() -> LocalModel.open(temporary, ModelOptions.defaults()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.onnx.data")
                .hasMessageContaining("missing");
    }

    @Test
    void open_fileNameOutOfTheFolder_isRefused() throws IOException {
        copy("exported/genai", temporary);
        Path config = temporary.resolve("genai_config.json");
        Files.writeString(config, Files.readString(config).replace("\"model.onnx\"", "\"../model.onnx\""));
        assertThatThrownBy(() -> LocalModel.open(temporary, ModelOptions.defaults()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("../model.onnx");
    }

    @Test
    void open_inAnotherPrecision_isRefused() {
        ModelOptions options = ModelOptions.defaults().withPrecision(Precision.INT8);
        assertThatThrownBy(() -> LocalModel.open(Golden.folder("exported/genai"), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AS_STORED");
    }

    @Test
    void open_checkpointWithModuleMap_isRefused() {
        ModelOptions options = ModelOptions.defaults().withModules(Map.of("/node", "model.layers.0.mlp.up_proj"));
        assertThatThrownBy(() -> LocalModel.open(Golden.folder("tiny-llama"), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("modules");
    }

    @Test
    void open_wrongCacheSizes_failsAsTheEngineOrTheReaderSays() throws IOException {
        copy("exported/genai", temporary);
        Path config = temporary.resolve("genai_config.json");
        Files.writeString(config, Files.readString(config).replace("\"head_size\": 16", "\"head_size\": -3"));
        assertThatThrownBy(() -> LocalModel.open(temporary, ModelOptions.defaults()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("-3");
    }

    private static void copy(String name, Path target) throws IOException {
        try (Stream<Path> files = Files.list(Golden.folder(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    private static LocalModel open(String name) {
        return LocalModel.open(Golden.folder(name), ModelOptions.defaults().withThreads(1));
    }
}
