package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Model;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeCommandTest extends CommandLineTest {
    private static final Pattern READY = Pattern.compile("listening at (http://127\\.0\\.0\\.1:\\d+)/v1 with (.+)\n");

    @TempDir
    Path folder;

    /** What is done with a server while it runs. */
    @FunctionalInterface
    private interface Use {
        void with(URI uri) throws IOException, InterruptedException;
    }

    /** Runs a server until a use of it is over; returns the exit status. */
    private int serve(Use use, String... arguments) throws IOException, InterruptedException {
        out.reset();
        AtomicInteger status = new AtomicInteger(-1);
        Thread thread = new Thread(() -> status.set(run(arguments)));
        thread.start();
        Matcher ready = READY.matcher("");
        while (thread.isAlive() && !ready.reset(text(out)).find()) {
            Thread.sleep(10);
        }
        try {
            assertThat(ready.reset(text(out)).find()).as(text(err)).isTrue();
            use.with(URI.create(ready.group(1)));
        } finally {
            thread.interrupt();
            thread.join();
        }
        return status.get();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> chat(URI uri, String model, String text, String more)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri.resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + more + "}")));
    }

    private static String content(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonObject choice = JsonParser.parseString(response.body())
                .getAsJsonObject()
                .getAsJsonArray("choices")
                .get(0)
                .getAsJsonObject();
        return choice.getAsJsonObject("message").get("content").getAsString();
    }

    private String saved(Map<String, String> fileLabels) {
        return saved("words", fileLabels);
    }

    private String saved(String strategy, Map<String, String> fileLabels) {
        TaskSplit split = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of()).withFileLabels(fileLabels);
        Path saved = folder.resolve("chosen");
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse(strategy, 0))
                    .budget(Duration.ZERO)
                    .folder(folder.resolve("work"))
                    .run(model)
                    .withSetting("model", "toys/a-toy");
            SavedStrategy.save(report.measured().get(0), report, split, folder.resolve("work"), saved);
        }
        return saved.toString();
    }

    @Test
    void serve_model_answersAndEndsWhenInterrupted() throws Exception {
        models = (choice, progress) -> new ToyModel();
        int status = serve(
                uri -> {
                    assertThat(text(out)).hasLineCount(1).contains(" with mine\n");
                    assertThat(content(chat(uri, "mine", "hello", ",\"max_tokens\":4")))
                            .isNotEmpty();
                    assertThat(send(HttpRequest.newBuilder(uri.resolve("/ready")))
                                    .statusCode())
                            .isEqualTo(200);
                },
                "serve",
                "--port",
                "0",
                "--name",
                "mine");
        assertThat(status).isZero();
    }

    @Test
    void serve_savedStrategy_answersWithTheLabelsOfTheFile() throws Exception {
        String chosen = saved(Map.of("animal", "an_animal"));
        int status = serve(
                uri -> {
                    String text = "the dog barks at night";
                    assertThat(content(chat(uri, "chosen", text, ""))).isEqualTo("an_animal");
                    HttpResponse<String> stream = chat(uri, "chosen", text, ",\"stream\":true");
                    assertThat(stream.body())
                            .contains("\"content\":\"an_animal\"")
                            .contains("[DONE]");
                    HttpResponse<String> raw = send(HttpRequest.newBuilder(uri.resolve("/v1/models")));
                    assertThat(raw.body()).contains("\"id\":\"chosen\"");
                },
                "serve",
                "--port",
                "0",
                chosen);
        assertThat(status).isZero();
    }

    @Test
    void serve_strategyOfAModel_opensTheOneThatItWasMeasuredOnOrTheOneNamed() throws Exception {
        String chosen = saved("few-shot(12)", Map.of());
        List<String> opened = new ArrayList<>();
        models = (choice, progress) -> {
            opened.add(choice.source());
            return new ToyModel();
        };
        Use use = uri -> assertThat(content(chat(uri, "labels", "the dog barks at night", "")))
                .isIn(ToyTask.task().labels());
        assertThat(serve(use, "serve", "--port", "0", "--strategy", "labels=" + chosen))
                .isZero();
        assertThat(opened).containsExactly("toys/a-toy");
        opened.clear();
        assertThat(serve(use, "serve", "--port", "0", "--strategy", "labels=" + chosen, "--model", "another"))
                .isZero();
        assertThat(opened).containsExactly("another");
    }

    @Test
    void serve_keys_areNeeded() throws Exception {
        models = (choice, progress) -> new ToyModel();
        Path keys = Files.writeString(folder.resolve("keys"), "a-secret-key\n");
        serve(
                uri -> {
                    assertThat(chat(uri, "toy", "hello", "").statusCode()).isEqualTo(401);
                    assertThat(send(HttpRequest.newBuilder(uri.resolve("/v1/models"))
                                            .header("Authorization", "Bearer a-secret-key"))
                                    .statusCode())
                            .isEqualTo(200);
                    assertThat(text(out) + text(err)).doesNotContain("secret");
                },
                "serve",
                "--port",
                "0",
                "--api-key-file",
                keys.toString());
    }

    /** Writes a LoRA adapter of the tiny model's linear modules. */
    private static void writeAdapter(Path target, int seed) {
        writeAdapter(target, seed, 2);
    }

    private static void writeAdapter(Path target, int seed, int rank) {
        Random random = new Random(seed);
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            base.tensors().forEach((name, weight) -> {
                if (name.endsWith("_proj.weight")) {
                    String module = name.substring(0, name.lastIndexOf('.'));
                    add(tensors, module + ".lora_A.weight", random, rank, weight.rowLength());
                    add(tensors, module + ".lora_B.weight", random, weight.rows(), rank);
                }
            });
        }
        AdapterConfig.Lora config = AdapterConfig.Lora.defaults().withRank(rank).withAlpha(rank);
        PeftFolder.write(target, new StoredAdapter(config, StoredAdapter.Base.unknown(), tensors));
    }

    private static void add(Map<String, WeightTensor> tensors, String name, Random random, long rows, long columns) {
        ByteBuffer data = ByteBuffer.allocate((int) (rows * columns * 4)).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat((float) random.nextGaussian());
        }
        tensors.put(name, new WeightTensor(name, WeightEncoding.F32, List.of(rows, columns), data.flip(), 0));
    }

    @Test
    void serve_foldersOfAdapters_servesAllUnderTheMemory() throws Exception {
        Path all = folder.resolve("adapters");
        for (int i = 0; i < 24; i++) {
            writeAdapter(all.resolve(String.format(Locale.ROOT, "a%02d", i)), i);
        }
        Files.createDirectories(all.resolve("no adapter"));
        models = (choice, progress) -> LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
        int status = serve(
                uri -> {
                    assertThat(text(out))
                            .contains(" with base, first, a00, a01")
                            .contains(", a17 and 6 more\n");
                    Set<String> answers = new TreeSet<>();
                    for (String name : List.of("base", "first", "a01", "a23")) {
                        answers.add(content(chat(uri, name, "hello", ",\"max_tokens\":8")));
                    }
                    assertThat(answers).hasSize(4);
                    String metrics = send(HttpRequest.newBuilder(uri.resolve("/metrics")))
                            .body();
                    assertThat(metrics)
                            .contains("llmadapt_adapter_loads_total 3\n") // the first one at the start
                            .contains("{model=\"first\",adapter=\"warm\"} 1")
                            .contains("{model=\"a23\",adapter=\"cold\"} 1");
                },
                "serve",
                "--port",
                "0",
                "--name",
                "base",
                "--adapter",
                "first=" + all.resolve("a05"),
                "--adapters",
                all.toString(),
                "--adapter-memory",
                "1");
        assertThat(status).isZero();
    }

    @Test
    void serve_adaptersThatCannotBe_areRefusedInOneLine() throws IOException {
        Path all = Files.createDirectories(folder.resolve("adapters"));
        refuses("no folder with an adapter_config.json right inside", "serve", "--adapters", all.toString());
        refuses("cannot be read", "serve", "--adapters", folder.resolve("none").toString());
        refuses("--adapter-memory is for adapters", "serve", "--adapter-memory", "100");
        writeAdapter(all.resolve("one"), 1);
        String twice = "two models are to be served as 'one'";
        refuses(twice, "serve", "--adapters", all.toString(), "--name", "one");
        refuses(twice, "serve", "--adapters", all.toString(), "--adapter", "one=" + all.resolve("one"));
        String[] memory = {"serve", "--adapters", all.toString(), "--adapter-memory", "0"};
        refuses("--adapter-memory must be at least 1", memory);
        memory[4] = "100000000";
        refuses("fit into the heap", memory);
        writeAdapter(folder.resolve("big"), 1, 512);
        refuses("adapter 'big' takes", "serve", "--adapter", "big=" + folder.resolve("big"), "--adapter-memory", "1");
        models = (choice, progress) -> new ToyModel();
        assertThat(run("serve", "--port", "0", "--adapters", all.toString())).isEqualTo(2);
        assertThat(text(err)).contains("need a model that runs in this process");
        Files.createDirectories(all.resolve("two"));
        Files.writeString(all.resolve("two/adapter_config.json"), "{}");
        refuses("adapter_model.safetensors", "serve", "--adapter", "two=" + all.resolve("two"));
    }

    @Test
    void serve_folderOfAdaptersWithADamagedOne_servesTheOthers() throws Exception {
        Path all = folder.resolve("adapters");
        writeAdapter(all.resolve("sound"), 1);
        Files.createDirectories(all.resolve("damaged"));
        Files.writeString(all.resolve("damaged/adapter_config.json"), "{}");
        models = (choice, progress) -> LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
        int status = serve(
                uri -> {
                    assertThat(text(err)).containsOnlyOnce("note: the adapter 'damaged' cannot be used: ");
                    assertThat(content(chat(uri, "sound", "hello", ",\"max_tokens\":8")))
                            .isNotEmpty();
                    HttpResponse<String> refused = chat(uri, "damaged", "hello", "");
                    assertThat(refused.statusCode()).isEqualTo(500);
                    assertThat(refused.body()).contains("adapter_unavailable");
                },
                "serve",
                "--port",
                "0",
                "--name",
                "base",
                "--adapters",
                all.toString());
        assertThat(status).isZero();
    }

    @Test
    void serve_whatCannotBe_isRefusedInOneLine() throws IOException {
        refuses("no strategy.json", "serve", folder.toString());
        refuses(
                "--api-key-file",
                "serve",
                "--api-key-file",
                folder.resolve("none").toString());
        refuses("expected NAME=FOLDER", "serve", "--adapter", "=x");
        refuses("adapter_config.json", "serve", "--adapter", "bank=" + folder);
        refuses(
                "the folder of adapters",
                "serve",
                "--adapter-root",
                folder.resolve("none").toString());
        refuses("port must be in", "serve", "--port", "70000");
        refuses("--max-tokens must be at least 1", "serve", "--max-tokens", "0");
        Path keys = Files.writeString(folder.resolve("keys"), "short\n");
        refuses("at least 8", "serve", "--api-key-file", keys.toString());
        refuses("is no folder", "serve", "--adapter-root", keys.toString());
        refuses("needs API keys; give it some, let everybody ask (--no-auth)", "serve", "--host", "0.0.0.0");
        String chosen = saved(Map.of()).toString();
        refuses("two models are to be served as 'x'", "serve", "--name", "x", "--strategy", "x=" + chosen);
        models = (choice, progress) -> new ToyModel();
        assertThat(run("serve", "--model", "toy", "--strategy", "toy=" + chosen, "--port", "0"))
                .isEqualTo(2);
        assertThat(text(err)).contains("there is a model 'toy' already");
    }
}
