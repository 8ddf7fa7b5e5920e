package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.llmadapt.Device;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.CacheType;
import dev.llmadapt.remote.ServerUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RemoteSourceTest {
    private static final String MODELS = "{\"data\": [{\"id\": \"org/small-model\", \"owned_by\": \"me\"}]}";
    private static final String ANSWER = """
            data: {"choices": [{"index": 0, "delta": {"content": "cold"}, "finish_reason": "stop"}]}

            data: [DONE]

            """;

    private final List<String> keys = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private String base;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/v1/models", "application/json", MODELS);
        answer("/v1/chat/completions", "text/event-stream", ANSWER);
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(String path, String type, String body) {
        server.createContext(path, exchange -> {
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", type);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @Test
    void open_modelOnAServer_isAskedWithTheKeyOfTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "k-1\n");
        ModelChoice choice = choice(base + "#org/small-model").withServer(new ServerAccess(Optional.of(file), 1, 0, 0));
        try (Model model = ModelLoading.LOADER.open(choice, Progress.NONE)) {
            Generation answer = model.generate(Request.of("The opposite of hot?"));

            assertThat(answer.text()).isEqualTo("cold");
            assertThat(model.info().name()).isEqualTo("org/small-model");
        }
        assertThat(keys).isNotEmpty().containsOnly("Bearer k-1");
    }

    @Test
    void open_optionsOfLocalModels_areRefusedByName() {
        ModelChoice int8 = new ModelChoice(base, Precision.INT8, Device.CPU, "", 0, CacheType.AS_COMPUTED, List.of());

        assertThatThrownBy(() -> ModelLoading.LOADER.open(int8, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--precision");
        assertThatThrownBy(() -> ModelLoading.LOADER.open(choice(base).withPromptLookup(), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--prompt-lookup");
        assertThatThrownBy(() -> ModelLoading.LOADER.open(choice(base + "#other"), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'other'");
    }

    @Test
    void open_numbersThatCannotBe_areRefusedByOption() {
        List<List<String>> given = List.of(
                List.of("--concurrency", "0"), List.of("--retries", "21"), List.of("--requests-per-minute", "-1"));
        for (List<String> option : given) {
            ModelArguments arguments = new ModelArguments();
            new CommandLine(arguments).parseArgs(option.toArray(String[]::new));
            ModelChoice choice = choice(base).withServer(arguments.server());

            assertThatThrownBy(() -> InvalidInput.check(() -> ModelLoading.LOADER.open(choice, Progress.NONE)))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining(option.get(0) + " must be");
        }
    }

    @Test
    void open_busyServer_isAskedAgainAsOftenAsSaid() {
        AtomicInteger asked = new AtomicInteger();
        server.removeContext("/v1/chat/completions");
        server.createContext("/v1/chat/completions", exchange -> {
            asked.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        ModelChoice choice = choice(base).withServer(new ServerAccess(Optional.empty(), 1, 3, 0));
        try (Model model = ModelLoading.LOADER.open(choice, Progress.NONE)) {
            assertThatThrownBy(() -> model.generate(Request.of("hello")))
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageContaining("503");
        }
        assertThat(asked).hasValue(4);
    }

    @Test
    void files_modelOnAServer_areToldApartByAddressAndName() {
        String content =
                ModelLoading.LOADER.files(choice(base + "#a"), Progress.NONE).content();

        assertThat(content)
                .isNotEmpty()
                .isEqualTo(ModelLoading.LOADER
                        .files(choice(base + "#a"), Progress.NONE)
                        .content())
                .isNotEqualTo(ModelLoading.LOADER
                        .files(choice(base + "#b"), Progress.NONE)
                        .content());
    }

    @Test
    void names_ofModelsOnServers_areThoseAfterTheHash() {
        assertThat(ModelNames.of(List.of(base + "#org/Qwen2.5-0.5B-Instruct", "default")))
                .containsExactly(
                        "qwen2.5-0.5b", ModelNames.of(List.of("default")).get(0));
        assertThat(ModelNames.of(List.of("http://gpu7:8000/v1"))).containsExactly("gpu7-8000");
    }

    private static ModelChoice choice(String source) {
        return new ModelChoice(source, Precision.AS_STORED, Device.CPU, "", 0, CacheType.AS_COMPUTED, List.of());
    }
}
