package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.Scoring;
import dev.llmadapt.remote.ScriptedServer.Reply;
import dev.llmadapt.remote.ServerFeatures.Ability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ServerDiscoveryTest {
    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void open_vllm_takesItsOnlyModelNotItsAdapters() {
        server.always("/v1/models", Recorded.json("vllm-models.json"))
                .always("/version", Reply.json(200, "{\"version\": \"0.11.2\"}"));
        try (RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base() + "/"))) {
            ModelInfo info = model.info();

            assertThat(info.name()).isEqualTo("meta-llama/Llama-3.2-3B-Instruct");
            assertThat(info.contextLength()).isEqualTo(131072);
            assertThat(info.scoring()).isEqualTo(Scoring.EXACT);
            assertThat(model.features()).isEqualTo(ServerFeatures.vllm());
        }
    }

    @Test
    void open_oldVllm_hasNoStructuredOutputs() {
        server.always("/v1/models", Recorded.json("vllm-models.json"))
                .always("/version", Reply.json(200, "{\"version\": \"0.10.2\"}"));

        assertThat(open("").features().abilities())
                .doesNotContain(Ability.CHOICES, Ability.REGEX, Ability.GRAMMAR)
                .contains(Ability.JSON_SCHEMA);
    }

    @Test
    void open_llamaCpp_takesItsContextFromItsSettings() {
        server.always("/v1/models", Recorded.json("llamacpp-models.json"))
                .always("/props", Reply.json(200, "{\"default_generation_settings\": {\"n_ctx\": 4096}}"));
        RemoteModel model = open("");

        assertThat(model.features()).isEqualTo(ServerFeatures.llamaCpp());
        assertThat(model.info().contextLength()).isEqualTo(4096);
        assertThat(model.info().vocabularySize()).isEqualTo(151936);
        assertThat(model.info().parameterCount()).isEqualTo(494032768);
    }

    @Test
    void open_ollama_scoresFromTheVersionThatReportsProbabilities() {
        server.always("/v1/models", Recorded.json("ollama-models.json"))
                .next(
                        "/api/version",
                        Reply.json(200, "{\"version\": \"0.12.10\"}"),
                        Reply.json(200, "{\"version\": \"0.40.1\"}"));

        assertThat(open("llama3.2").info().scoring()).isEqualTo(Scoring.NONE);
        assertThat(open("llama3.2").info().scoring()).isEqualTo(Scoring.TOP_TOKENS);
        assertThat(open("llama3.2").info().name()).isEqualTo("llama3.2:latest");
    }

    @Test
    void open_unknownServer_isTakenForAPlainOne() {
        server.always("/v1/models", Reply.json(200, "{\"data\": [{\"id\": \"m\", \"owned_by\": \"me\"}]}"));

        assertThat(open("m").features()).isEqualTo(ServerFeatures.plain());
        assertThat(open("m").info().contextLength()).isZero();
    }

    @Test
    void open_openAi_isNotAskedForWhatOthersHave() {
        server.always("/v1/models", Reply.json(200, "{\"data\": [{\"id\": \"gpt\", \"owned_by\": \"system\"}]}"));

        assertThat(open("gpt").features()).isEqualTo(ServerFeatures.openAi());
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void open_llmAdapt_scoresModelsOfItsOwnNotStrategies() {
        server.always("/v1/models", Reply.json(200, """
                {"data": [{"id": "m", "owned_by": "llm-adapt", "parent": null, "max_model_len": 8192},
                 {"id": "chosen", "owned_by": "llm-adapt", "parent": "m"}]}"""));

        assertThat(open("").features()).isEqualTo(ServerFeatures.llmAdapt());
        assertThat(open("m").info().scoring()).isEqualTo(Scoring.EXACT);
        assertThat(open("chosen").info().scoring()).isEqualTo(Scoring.NONE);
    }

    @Test
    void open_declaredFeatures_areNotAskedFor() {
        RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base(), "m")
                .withFeatures(ServerFeatures.openAi())
                .withContextLength(1000));

        assertThat(server.asked()).isEmpty();
        assertThat(model.info().contextLength()).isEqualTo(1000);
    }

    @Test
    void open_modelThatIsNotThere_isRefusedWithThoseThatAre() {
        server.always("/v1/models", Recorded.json("ollama-models.json"));

        assertThatThrownBy(() -> open("mistral"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'mistral'")
                .hasMessageContaining("qwen2.5:0.5b");
        assertThatThrownBy(() -> open(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 models");
    }

    @Test
    void open_wrongAddress_isRefusedWithWhatToDo() {
        assertThatThrownBy(() -> RemoteModel.open(RemoteOptions.of(server.root())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/v1");
        server.always("/v1/models", Recorded.json("vllm-models.json"));
        assertThatThrownBy(() -> RemoteModel.open(RemoteOptions.of(server.root(), "m")))
                .as("also where the model is named")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("below /v1: use " + server.base());
    }

    @Test
    void open_embeddingModelBeside_isNotTakenForAnotherModel() {
        server.always("/v1/models", Reply.json(200, """
                {"data": [{"id": "m", "owned_by": "llm-adapt", "parent": null, "max_model_len": 8192},
                 {"id": "minilm", "owned_by": "llm-adapt", "type": "embedding"}]}"""));

        assertThat(open("").info().name()).isEqualTo("m");
    }

    @Test
    void atLeast_versions_areComparedByTheirNumbers() {
        assertThat(ServerDiscovery.atLeast("0.9.2", 0, 11, 0)).isFalse();
        assertThat(ServerDiscovery.atLeast("0.11.0rc1", 0, 11, 0)).isTrue();
        assertThat(ServerDiscovery.atLeast("v1.0", 0, 12, 11)).isTrue();
        assertThat(ServerDiscovery.atLeast("dev", 0, 12, 11)).isTrue();
    }

    private RemoteModel open(String model) {
        return RemoteModel.open(RemoteOptions.of(server.base(), model), new ManualWaiting());
    }
}
