package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Request;
import dev.llmadapt.remote.ScriptedServer.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RemoteAdaptersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Request ASKED = Request.of("Why?");

    private final ScriptedServer server = new ScriptedServer()
            .always("/v1/models", Recorded.json("vllm-models.json"))
            .always(CHAT, Recorded.said("So."));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void generate_adapter_isAskedForByItsName() {
        RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base()));
        model.generate(ASKED.withAdapter("sql-lora"));
        model.generate(ASKED);

        assertThat(server.asked(CHAT))
                .extracting(each -> each.json().get("model").getAsString())
                .containsExactly("sql-lora", "meta-llama/Llama-3.2-3B-Instruct");
    }

    @Test
    void generate_adapterThatIsNotThere_isRefusedNotAnsweredByTheBase() {
        RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base()));

        assertThatThrownBy(() -> model.generate(ASKED.withAdapter("other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'other'")
                .hasMessageContaining("sql-lora");
        assertThat(server.asked(CHAT)).isEmpty();
    }

    @Test
    void generate_mixes_areRefusedByName() {
        RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base()));

        assertThatThrownBy(() ->
                        model.generate(ASKED.withAdapters(List.of(AdapterUse.of("sql-lora"), AdapterUse.of("b")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one adapter");
        assertThatThrownBy(() -> model.generate(ASKED.withAdapters(List.of(new AdapterUse("sql-lora", 0.5)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weight 1");
    }

    @Test
    void loadAdapter_thenUse_andUnload() {
        server.always("/v1/load_lora_adapter", Reply.json(200, "Success: LoRA adapter 'new' added successfully."))
                .always("/v1/unload_lora_adapter", Reply.json(200, "Success: LoRA adapter 'new' removed."));
        RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base()));

        model.loadAdapter("new", "/adapters/new");
        assertThat(model.generate(ASKED.withAdapter("new")).text()).isEqualTo("So.");
        model.unloadAdapter("new");
        assertThatThrownBy(() -> model.generate(ASKED.withAdapter("new"))).isInstanceOf(IllegalArgumentException.class);

        assertThat(server.asked("/v1/load_lora_adapter").get(0).json().toString())
                .isEqualTo("{\"lora_name\":\"new\",\"lora_path\":\"/adapters/new\"}");
    }

    @Test
    void loadAdapter_refused_saysWhatTheServerSays() {
        server.always(
                "/v1/load_lora_adapter",
                Reply.json(404, "{\"error\": {\"message\": \"No adapter found for /nowhere\"}}"));
        RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base()));

        assertThatThrownBy(() -> model.loadAdapter("new", "/nowhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No adapter found for /nowhere");
        RemoteModel other =
                RemoteModel.open(RemoteOptions.of(server.base(), "m").withFeatures(ServerFeatures.llamaCpp()));
        assertThatThrownBy(() -> other.loadAdapter("new", "/a")).isInstanceOf(UnsupportedOperationException.class);
    }
}
