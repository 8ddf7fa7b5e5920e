package dev.llmadapt.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GuideExamples;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code examples/spring-boot}, compiled and run as a process of its own with a tiny model: adapters of tenants, access
 * lists of users, health, numbers, and its end by SIGTERM while it answers.
 */
final class ExampleTest {
    private static final Path EXAMPLE = GuideExamples.root().resolve("examples/spring-boot");
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Pattern PIECE = Pattern.compile("data:\\{\"text\":\"(.*)\"}");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Path log = Path.of("");
    private URI uri = URI.create("");
    private @Nullable Process running;

    @AfterEach
    void end() {
        if (running != null) {
            running.destroyForcibly();
        }
    }

    private void compile(Path classes) throws IOException {
        Path source = EXAMPLE.resolve("src/main/java/example/TenantAssistant.java");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-parameters", "-d", classes.toString(), source.toString());
        assertThat(status).isZero();
        Files.copy(EXAMPLE.resolve("src/main/resources/application.yml"), classes.resolve("application.yml"));
    }

    private Process start(String... settings) throws IOException, InterruptedException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(classes);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + java.io.File.pathSeparator + System.getProperty("java.class.path"),
                "example.TenantAssistant",
                "--server.port=0",
                "--llm-adapt.model=" + TinyModel.copy(folder),
                "--llm-adapt.threads=1"));
        command.addAll(List.of(settings));
        log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(EXAMPLE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Process process = builder.start();
        running = process;
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!Files.readString(log).contains("Started TenantAssistant")) {
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as(Files.readString(log))
                    .isTrue();
            Thread.sleep(50);
        }
        Matcher port = PORT.matcher(Files.readString(log));
        assertThat(port.find()).isTrue();
        uri = URI.create("http://localhost:" + port.group(1));
        return process;
    }

    private HttpRequest request(String path, String user) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri.resolve(path));
        if (!user.isEmpty()) {
            String login = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + login);
        }
        return request.build();
    }

    private HttpResponse<Stream<String>> send(String path, String user) throws IOException, InterruptedException {
        return http.send(request(path, user), HttpResponse.BodyHandlers.ofLines());
    }

    private String body(String path, String user) throws IOException, InterruptedException {
        return String.join("\n", send(path, user).body().toList());
    }

    private static double number(String metrics, String pattern) {
        return metrics.lines()
                .filter(line -> line.matches(pattern + " .*"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private double tokens(String type) throws IOException, InterruptedException {
        return number(
                body("/actuator/prometheus", "ann"),
                "gen_ai_client_token_usage_total\\{.*token_type=\"" + type + "\".*");
    }

    private void leaveInTheMiddle(String path) throws IOException, InterruptedException {
        double before = tokens("output");
        try (Stream<String> events = send(path, "bob").body()) {
            assertThat(events.findFirst()).isPresent();
        }
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!body("/actuator/prometheus", "ann").contains("llm_adapt_answers_running 0.0")) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(20);
        }
        assertThat(tokens("output")).as("an answer to its end would count").isEqualTo(before);
    }

    @Test
    void example_isShort() throws IOException {
        try (Stream<String> lines = Files.lines(EXAMPLE.resolve("src/main/java/example/TenantAssistant.java"))) {
            assertThat(lines.filter(
                            line -> !line.isBlank() && !line.startsWith("import ") && !line.startsWith("package")))
                    .hasSizeLessThanOrEqualTo(40);
        }
    }

    @Test
    void example_answersEachTenantAndEndsByItself() throws Exception {
        Process process = start(
                "--llm-adapt.adapters.acme=" + TinyModel.adapter("lora"),
                "--llm-adapt.adapters.globex=" + TinyModel.adapter("lora-rslora"),
                "--assistant.users.ann.adapter=acme",
                "--assistant.users.bob.adapter=globex",
                "--llm-adapt.chat.max-tokens=1500",
                "--llm-adapt.chat.repetition-penalty=1.3");
        String health = body("/actuator/health", "");
        assertThat(health).contains("\"UP\"", "\"llmAdapt\"", "\"tiny-llama\"", "\"acme\"", "\"globex\"");
        assertThat(send("/ask?question=x", "").statusCode()).isEqualTo(401);

        String question = "/ask?question=Where+may+I+park%3F";
        String ann = body(question, "ann");
        double first = tokens("input");
        String bob = body(question, "bob");
        double second = tokens("input") - first;
        assertThat(ann.lines().filter(line -> !line.isEmpty())).isNotEmpty().allMatch(line -> line.startsWith("data:"));
        assertThat(PIECE.matcher(ann).results().count()).isGreaterThan(5);
        assertThat(bob).as("another adapter, other passages").isNotEqualTo(ann);
        assertThat(first).as("ann's prompt has what staff may read").isGreaterThan(second + 30);
        assertThat(second).isGreaterThan(30);
        assertThat(body("/actuator/prometheus", "ann"))
                .contains(
                        "llm_adapt_answers_running 0.0",
                        "gen_ai_client_operation_seconds_count",
                        "gen_ai_server_request_duration_seconds_count{",
                        "gen_ai_server_time_to_first_token_seconds_bucket{",
                        "llmadapt_requests_waiting{");
        leaveInTheMiddle(question);

        HttpResponse<Stream<String>> answer = send("/ask?question=Where%3F", "ann");
        Iterator<String> events = answer.body().iterator();
        int pieces = 0;
        while (pieces < 3) {
            pieces += events.next().startsWith("data:") ? 1 : 0;
        }
        process.destroy(); // SIGTERM
        Thread.sleep(200);
        assertThat(process.isAlive()).as("it answers to the end first").isTrue();
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .send(request("/actuator/health", ""), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        while (events.hasNext()) {
            pieces += events.next().startsWith("data:") ? 1 : 0;
        }
        assertThat(pieces).as("pieces of an answer of 1500 tokens").isGreaterThan(500);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(Files.readString(log)).contains("Graceful shutdown complete");
    }
}
