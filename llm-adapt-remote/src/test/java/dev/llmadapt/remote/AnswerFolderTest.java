package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnswerFolderTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Request ASKED = Request.of("Why?");

    private final ScriptedServer server = new ScriptedServer();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        Thread.interrupted();
        server.close();
    }

    @Test
    void generate_sameRequest_isAskedOnceAlsoByAnotherModel() {
        server.always(CHAT, Recorded.said("So."));
        Generation first = open().generate(ASKED);
        List<Token> heard = new ArrayList<>();
        RemoteModel other = open();

        assertThat(other.stream(ASKED, heard::add)).isEqualTo(first);
        assertThat(heard).isEqualTo(first.tokens());
        assertThat(other.spent()).isZero();
        assertThat(server.asked(CHAT)).hasSize(1);
    }

    @Test
    void generate_anyDifference_isAnotherRequest() {
        server.always(CHAT, Recorded.said("So."));
        RemoteModel model = open();
        GenerationOptions sampled = GenerationOptions.defaults().withTemperature(1);
        model.generate(ASKED);
        model.generate(ASKED.withOptions(sampled.withSeed(1)));
        model.generate(ASKED.withOptions(sampled.withSeed(2)));
        model.generate(ASKED.withOptions(GenerationOptions.defaults().withMaxTokens(9)));
        model.generate(Request.of("Why not?"));
        model.generate(ASKED.withTools(ToolSpec.of("a", "")));

        assertThat(server.asked(CHAT)).hasSize(6);
    }

    @Test
    void generate_callsAndProbabilities_areKept() {
        server.next(CHAT, Recorded.events("vllm-tools.txt"), Recorded.events("llamacpp-logprobs.txt"));
        RemoteModel model = open();
        Request tools = ASKED.withTools(ToolSpec.of("weather", ""), ToolSpec.of("time", ""));
        Request logged = ASKED.withOptions(GenerationOptions.defaults().withLogProbabilities(true));

        assertThat(model.generate(tools)).isEqualTo(model.generate(tools));
        assertThat(model.generate(logged)).isEqualTo(model.generate(logged));
        assertThat(server.asked(CHAT)).hasSize(2);
    }

    @Test
    void generate_fileFromBeforeTokensHadBytes_isRead() throws IOException {
        server.always(CHAT, Recorded.said("So."));
        Generation first = open().generate(ASKED);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
                assertThat(json.remove("bytes")).isNotNull();
                Files.writeString(file, json.toString());
            }
        }

        assertThat(open().generate(ASKED)).isEqualTo(first);
        assertThat(server.asked(CHAT)).hasSize(1);
    }

    @Test
    void generate_damagedFile_isAskedAgain() throws IOException {
        server.always(CHAT, Recorded.said("So."));
        RemoteModel model = open();
        model.generate(ASKED);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file.toString()).endsWith(".json");
                Files.writeString(file, "{\"version\": 1, \"text\"");
            }
        }

        assertThat(model.generate(ASKED).text()).isEqualTo("So.");
        assertThat(server.asked(CHAT)).hasSize(2);
    }

    @Test
    void generate_interrupted_isNotKept() {
        server.always(CHAT, Recorded.said("So."));
        RemoteModel model = open();
        model.stream(ASKED.withOptions(GenerationOptions.defaults()), token -> {});
        Thread.currentThread().interrupt();
        model.generate(Request.of("And?"));
        Thread.interrupted();
        model.generate(Request.of("And?"));

        assertThat(server.asked(CHAT)).hasSize(2);
    }

    private RemoteModel open() {
        return RemoteModel.open(RemoteOptions.of(server.base(), "m")
                .withFeatures(ServerFeatures.vllm())
                .withPrices(1, 1)
                .withAnswerFolder(folder));
    }
}
