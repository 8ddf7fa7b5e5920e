package dev.llmadapt.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RetrievalEnd;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.spring.ai.LlmAdaptChatModel;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.rag.retrieval.search.DocumentRetriever;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
final class LlmAdaptAutoConfigurationTest {
    @TempDir
    static Path folder;

    private static final ApplicationContextRunner RUNNER = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LlmAdaptActuatorAutoConfiguration.class,
                    LlmAdaptAutoConfiguration.class,
                    LlmAdaptIndexAutoConfiguration.class,
                    ToolCallingAutoConfiguration.class,
                    ChatClientAutoConfiguration.class));

    private static synchronized ApplicationContextRunner tiny() {
        Path model = folder.resolve("tiny-llama");
        if (!Files.exists(model)) {
            TinyModel.copy(folder);
        }
        return RUNNER.withPropertyValues(
                "llm-adapt.model=" + model, "llm-adapt.threads=1", "llm-adapt.chat.max-tokens=8");
    }

    private static String text(ChatModel chat, String adapter) {
        return Objects.requireNonNull(Objects.requireNonNull(chat.call(new Prompt(
                                "Hello?", ChatOptions.builder().model(adapter).build()))
                        .getResult())
                .getOutput()
                .getText());
    }

    @Test
    void listeners_ofTheApplication_hearOfRequests() {
        List<RequestEnd> ends = new CopyOnWriteArrayList<>();
        tiny().withBean(ModelListener.class, () -> new ModelListener() {
                    @Override
                    public void onEnd(RequestEnd end) {
                        ends.add(end);
                    }
                })
                .run(context -> {
                    text(context.getBean(ChatModel.class), "tiny-llama");
                    assertThat(ends)
                            .singleElement()
                            .satisfies(end -> assertThat(end.completionTokens()).isPositive());
                });
    }

    @Test
    void model_withAdapters_answersByEach() {
        tiny().withPropertyValues(
                        "llm-adapt.adapters.acme=" + TinyModel.adapter("lora"),
                        "llm-adapt.adapters.globex=" + TinyModel.adapter("lora-rslora"),
                        "llm-adapt.memory=64MB",
                        "llm-adapt.max-batch=4",
                        "llm-adapt.max-waiting=9",
                        "llm-adapt.context-length=512")
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .hasSingleBean(ChatModel.class)
                            .hasSingleBean(Model.class);
                    ChatModel chat = context.getBean(ChatModel.class);
                    assertThat(Set.of(text(chat, "tiny-llama"), text(chat, "acme"), text(chat, "globex")))
                            .hasSize(3);
                    assertThatThrownBy(() -> text(chat, "initech")).hasMessageContaining("initech");
                    assertThat(context.getBean(ChatClient.Builder.class)
                                    .build()
                                    .prompt("Hello?")
                                    .call()
                                    .content())
                            .isEqualTo(text(chat, "tiny-llama"));
                    var options = context.getBean(Model.class)
                            .unwrap(dev.llmadapt.local.LocalModel.class)
                            .orElseThrow()
                            .options();
                    assertThat(options.cacheMemory()).isEqualTo(64L << 20);
                    assertThat(options.threads()).isEqualTo(1);
                    assertThat(options.maxBatch()).isEqualTo(4);
                    assertThat(options.maxWaiting()).isEqualTo(9);
                    assertThat(options.contextLength()).isEqualTo(512);
                });
    }

    @Test
    void adapterMemory_loadsAdaptersWhenTheyAreAskedFor() {
        Map<String, String> expected = new java.util.TreeMap<>();
        ApplicationContextRunner both = tiny().withPropertyValues(
                        "llm-adapt.adapters.acme=" + TinyModel.adapter("lora"),
                        "llm-adapt.adapters.globex=" + TinyModel.adapter("lora-rslora"));
        both.run(context -> List.of("acme", "globex", "tiny-llama")
                .forEach(name -> expected.put(name, text(context.getBean(ChatModel.class), name))));
        both.withPropertyValues("llm-adapt.adapter-memory=20KB").run(context -> {
            assertThat(context).hasNotFailed();
            ChatModel chat = context.getBean(ChatModel.class);
            Model model = context.getBean(Model.class);
            for (int round = 0; round < 2; round++) {
                expected.forEach((name, text) -> assertThat(text(chat, name)).isEqualTo(text));
            }
            Request question = Request.of("Hello?");
            assertThat(model.generate(List.of(question, question.withAdapter("acme"))))
                    .extracting(answer -> answer.text())
                    .doesNotHaveDuplicates();
            assertThatThrownBy(() -> text(chat, "initech")).hasMessageContaining("initech");
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            context.getBean("llmAdaptModelMetrics", MeterBinder.class).bindTo(registry);
            assertThat(registry.get("llmadapt.adapters.registered").gauge().value())
                    .isEqualTo(2);
            assertThatThrownBy(() -> model.generate(question.withAdapters(
                            List.of(dev.llmadapt.AdapterUse.of("acme"), dev.llmadapt.AdapterUse.of("globex")))))
                    .hasMessageContaining("adapter-memory");
        });
    }

    @Test
    void adapterMemory_thatAnAdapterNeverFits_isRefusedAtTheStart() {
        tiny().withPropertyValues(
                        "llm-adapt.adapters.acme=" + TinyModel.adapter("lora"), "llm-adapt.adapter-memory=1KB")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("the property llm-adapt.adapter-memory is '1024B': the adapter 'acme'"
                                + " alone takes"));
    }

    @Test
    void chatProperties_areTheOptions() {
        tiny().withPropertyValues(
                        "llm-adapt.chat.temperature=0.5",
                        "llm-adapt.chat.top-k=4",
                        "llm-adapt.chat.top-p=0.9",
                        "llm-adapt.chat.min-p=0.1",
                        "llm-adapt.chat.repetition-penalty=1.1",
                        "llm-adapt.chat.stop-sequences=END,STOP",
                        "llm-adapt.chat.seed=5",
                        "llm-adapt.chat.model=acme",
                        "llm-adapt.adapters.acme=" + TinyModel.adapter("lora"),
                        "llm-adapt.chat.time-limit=9s")
                .run(context -> {
                    var options = context.getBean(LlmAdaptChatModel.class).getOptions();
                    assertThat(options.getTemperature()).isEqualTo(0.5);
                    assertThat(options.getTopK()).isEqualTo(4);
                    assertThat(options.getTopP()).isEqualTo(0.9);
                    assertThat(options.getMinP()).isEqualTo(0.1);
                    assertThat(options.getRepetitionPenalty()).isEqualTo(1.1);
                    assertThat(options.getStopSequences()).containsExactly("END", "STOP");
                    assertThat(options.getSeed()).isEqualTo(5);
                    assertThat(options.getModel()).isEqualTo("acme");
                    assertThat(options.getMaxTokens()).isEqualTo(8);
                    assertThat(Objects.requireNonNull(options.getScheduling()).timeLimit())
                            .hasSeconds(9);
                });
    }

    @Test
    void health_tellsModelAndAdaptersAndThatItStops() {
        tiny().withPropertyValues("llm-adapt.adapters.acme=" + TinyModel.adapter("lora"))
                .run(context -> {
                    HealthIndicator health = context.getBean(HealthIndicator.class);
                    var up = Objects.requireNonNull(health.health());
                    assertThat(up.getStatus()).isEqualTo(Status.UP);
                    assertThat(up.getDetails())
                            .containsEntry("model", "tiny-llama")
                            .containsEntry("adapters", List.of("acme"))
                            .containsEntry("strategies", List.of())
                            .containsEntry("running", 0);
                    context.getBean(ServedModel.class).stop();
                    assertThat(Objects.requireNonNull(health.health()).getStatus())
                            .isEqualTo(Status.OUT_OF_SERVICE);
                });
        tiny().withPropertyValues("management.health.llm-adapt.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void wrongProperties_areNamed() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.jinja"), "{% nope %}");
        Map<String, List<String>> refused = Map.ofEntries(
                Map.entry("llm-adapt.chat-template=" + broken, List.of("llm-adapt.chat-template", "unknown tag")),
                Map.entry("llm-adapt.modle=x", List.of("llm-adapt.modle")),
                Map.entry("llm-adapt.chat.temprature=1", List.of("llm-adapt.chat.temprature")),
                Map.entry("llm-adapt.threads=0", List.of("llm-adapt.threads", "at least 1")),
                Map.entry("llm-adapt.memory=1KB", List.of("llm-adapt.memory", "1048576")),
                Map.entry("llm-adapt.device=tpu", List.of("llm-adapt.device", "tpu")),
                Map.entry("llm-adapt.precision=int3", List.of("llm-adapt.precision", "int3")),
                Map.entry("llm-adapt.adapters.acme=/nowhere", List.of("llm-adapt.adapters.acme", "does not exist")),
                Map.entry(
                        "llm-adapt.strategies.triage=/nowhere",
                        List.of("llm-adapt.strategies.triage", "does not exist")),
                Map.entry("llm-adapt.chat.top-p=2", List.of("property llm-adapt.chat.top-p is '2.0'", "topP")),
                Map.entry("llm-adapt.chat.temperature=-1", List.of("property llm-adapt.chat.temperature is")),
                Map.entry("llm-adapt.chat.time-limit=-5s", List.of("property llm-adapt.chat.time-limit is")),
                Map.entry("llm-adapt.chat.max-tokens=0", List.of("property llm-adapt.chat.max-tokens is '0'")),
                Map.entry("llm-adapt.chat.model=nope", List.of("llm-adapt.chat.model", "no adapter", "tiny-llama")),
                Map.entry("llm-adapt.model= ", List.of("llm-adapt.model", "it is empty")),
                Map.entry("llm-adapt.adapters.acme=", List.of("llm-adapt.adapters.acme", "left unbound")),
                Map.entry("llm-adapt.index.folder=", List.of("llm-adapt.index.folder", "it is empty")),
                Map.entry("llm-adapt.chat-template=/nowhere", List.of("llm-adapt.chat-template", "does not exist")),
                Map.entry(
                        "llm-adapt.context-length=1000000",
                        List.of("with 'llm-adapt.context-length=1000000'", "Correct the property")),
                Map.entry("llm-adapt.index.language=klingon", List.of("llm-adapt.index.language", "no index")),
                Map.entry(
                        "llm-adapt.adapters.tiny-llama=" + TinyModel.adapter("lora"),
                        List.of("llm-adapt.adapters.tiny-llama", "the model itself has that name")),
                Map.entry("llm-adapt.index.documents=/docs", List.of("llm-adapt.index.documents", "no index")));
        refused.forEach((property, words) -> tiny().withPropertyValues(property).run(context -> {
            assertThat(context).hasFailed();
            StringBuilder all = new StringBuilder();
            for (Throwable cause = context.getStartupFailure(); cause != null; cause = cause.getCause()) {
                all.append(cause.getMessage()).append('\n');
            }
            assertThat(all.toString()).as(property).contains(words);
        }));
        RUNNER.withPropertyValues(
                        "llm-adapt.index.folder=memory",
                        "llm-adapt.index.embedder=none",
                        "llm-adapt.index.language=klingon")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("'klingon': there is no such language here. Take one of [english"));
        RUNNER.withPropertyValues("llm-adapt.adapters.acme=/x")
                .run(context ->
                        assertThat(context.getStartupFailure()).hasStackTraceContaining("adapters need a model"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static void start(String... arguments) {
        new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(arguments)
                .close();
    }

    @Test
    void failedStart_endsWithOneMessage(CapturedOutput output) {
        assertThatThrownBy(() -> start("--llm-adapt.model=/no/model")).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The property llm-adapt.model is '/no/model': ")
                .contains("Name a checkpoint's folder")
                .doesNotContain("\tat ");
        assertThatThrownBy(() -> start("--llm-adapt.model=default", "--llm-adapt.chat.time-limit=-5s"))
                .isNotNull();
        assertThat(output)
                .contains("The property llm-adapt.chat.time-limit is 'PT-5S': ")
                .doesNotContain("\tat ");
        assertThatThrownBy(() -> start("--llm-adapt.treads=3")).isNotNull();
        assertThat(output.getOut().substring(output.getOut().lastIndexOf("APPLICATION FAILED")))
                .contains("llm-adapt.treads")
                .doesNotContain("\tat ");
    }

    @Test
    void otherBoot_isRefused() {
        assertThatThrownBy(() -> LlmAdaptAutoConfiguration.requireBoot4("3.5.7"))
                .hasMessageContaining("for Spring Boot 4, this is 3.5.7")
                .hasMessageContaining("llm-adapt-cpu");
    }

    @Test
    void noProperties_makeNothing() {
        RUNNER.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(Model.class)
                .doesNotHaveBean(ChatModel.class)
                .doesNotHaveBean(PassageIndex.class));
    }

    @Test
    void beansOfTheApplication_takeTheirPlace() {
        ToyModel own = new ToyModel();
        RUNNER.withPropertyValues("llm-adapt.model=/not/opened")
                .withBean("own", Model.class, () -> own)
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(LlmAdaptChatModel.class);
                    assertThat(context.getBean(Model.class)).isSameAs(own);
                });
        RUNNER.withPropertyValues("llm-adapt.index.folder=memory")
                .withBean("own", Retriever.class, () -> query -> List.of(new Passage("p", "", "mine", 1)))
                .withBean("words", Embedder.class, Embedder::none)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(DocumentRetriever.class)
                                    .retrieve(new org.springframework.ai.rag.Query("?")))
                            .hasSize(1);
                });
        ChatModel chat = prompt -> new ChatResponse(List.of());
        tiny().withBean("mine", ChatModel.class, () -> chat).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(ChatClient.Builder.class);
            assertThat(context.getBean(ChatModel.class)).isSameAs(chat);
        });
        tiny().withPropertyValues("spring.ai.model.chat=openai")
                .run(context -> assertThat(context).hasSingleBean(Model.class).doesNotHaveBean(ChatModel.class));
    }

    @Test
    void listeners_ofTheApplication_hearOfTheIndex() {
        List<String> heard = new CopyOnWriteArrayList<>();
        RUNNER.withPropertyValues("llm-adapt.index.folder=memory")
                .withBean(ModelListener.class, () -> new ModelListener() {
                    @Override
                    public void onEnd(RequestEnd end) {
                        heard.add(end.request().operation().key());
                    }

                    @Override
                    public void onRetrieval(RetrievalEnd retrieval) {
                        heard.add("search");
                    }
                })
                .run(context -> {
                    context.getBean(PassageIndex.class).upsert(List.of(new Passage("p", "", "the quay", 1)));
                    context.getBean(PassageIndex.class).commit();
                    context.getBean(DocumentRetriever.class).retrieve(new org.springframework.ai.rag.Query("quay"));
                    assertThat(heard).containsExactly("embeddings", "embeddings", "search");
                });
    }

    @Test
    void index_ofDocuments_isSearchedByAll() throws IOException {
        Path documents = Files.createDirectories(folder.resolve("documents"));
        Files.writeString(documents.resolve("a.txt"), "The harbour office opens at eight.");
        Files.writeString(documents.resolve("b.md"), "---\nreaders: staff\n---\nStaff may park at the quay.");
        Path index = folder.resolve("index");
        for (int start = 0; start < 2; start++) {
            RUNNER.withPropertyValues(
                            "llm-adapt.index.folder=" + index,
                            "llm-adapt.index.documents=" + documents,
                            "llm-adapt.index.max-results=1")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(context.getBean(DocumentRetriever.class)
                                        .retrieve(new org.springframework.ai.rag.Query("parking at the harbour quay")))
                                .extracting(document -> document.getText())
                                .containsExactly("The harbour office opens at eight.");
                        assertThat(context.getBean(Retriever.class)
                                        .retrieve(new Query("parking quay", 1).withPrincipals(Set.of("staff"))))
                                .singleElement()
                                .extracting(Passage::text)
                                .asString()
                                .endsWith("Staff may park at the quay.");
                        assertThat(context.getBean(VectorStore.class).similaritySearch("parking"))
                                .hasSize(1);
                        assertThat(context.getBean(EmbeddingModel.class).dimensions())
                                .isEqualTo(384);
                        assertThat(context.getBean(PassageIndex.class).size()).isEqualTo(2);
                    });
        }
        RUNNER.withPropertyValues("llm-adapt.index.folder=memory", "llm-adapt.index.embedder=none")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(DocumentRetriever.class)
                        .doesNotHaveBean(VectorStore.class)
                        .doesNotHaveBean(EmbeddingModel.class));
        RUNNER.withPropertyValues("llm-adapt.index.folder=" + index, "llm-adapt.index.embedder=none")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("llm-adapt.index.folder")
                        .hasStackTraceContaining("none"));
    }

    @Test
    void strategy_thatThePilotSaved_answersWithoutAModel() {
        TaskSplit split = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());
        Path work = folder.resolve("work");
        Path saved = folder.resolve("saved");
        try (Model toy = new ToyModel()) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse("words", 3))
                    .folder(work)
                    .run(toy);
            SavedStrategy.save(report.measured().get(0), report, split, work, saved);
        }
        String input = ToyTask.test().get(0).input();
        String answer;
        SavedStrategy strategy = SavedStrategy.load(saved);
        try (Model adapted = strategy.adapt()) {
            answer = adapted.generate(strategy.task().request(input)).text();
        }
        RUNNER.withPropertyValues("llm-adapt.strategies.triage=" + saved).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(ChatModel.class).call(input)).isEqualTo(answer);
        });
        tiny().withPropertyValues("llm-adapt.strategies.triage=" + saved).run(context -> {
            assertThat(context).hasNotFailed();
            Model model = context.getBean(Model.class);
            assertThat(model.generate(Request.of(input).withAdapter("triage")).text())
                    .isEqualTo(answer);
            assertThat(context.getBean(ChatModel.class)
                            .call(new Prompt(
                                    input, ChatOptions.builder().model("triage").build()))
                            .getResult())
                    .extracting(result -> result.getOutput().getText())
                    .isEqualTo(answer);
            assertThatThrownBy(() -> model.generate(Request.of(input).withAdapter("trage")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("trage")
                    .hasMessageContaining("saved strategies: [triage]");
        });
    }

    @Test
    void missingClasses_areNamedWhereAPropertyNeedsThem() {
        RUNNER.withClassLoader(new FilteredClassLoader("dev.llmadapt.local", "dev.llmadapt.rag", "dev.llmadapt.pilot"))
                .run(context -> assertThat(context).hasNotFailed());
        RUNNER.withClassLoader(new FilteredClassLoader("dev.llmadapt.local"))
                .withPropertyValues("llm-adapt.model=default")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("llm-adapt.model")
                        .hasStackTraceContaining("nothing to open it with")
                        .hasStackTraceContaining("llm-adapt-cpu"));
        RUNNER.withClassLoader(new FilteredClassLoader("ai.onnxruntime"))
                .withPropertyValues("llm-adapt.model=default")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("no engine"));
        RUNNER.withClassLoader(new FilteredClassLoader("dev.llmadapt.pilot"))
                .withPropertyValues("llm-adapt.strategies.triage=/saved")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("llm-adapt.strategies.triage")
                        .hasStackTraceContaining("llm-adapt-pilot"));
        RUNNER.withClassLoader(new FilteredClassLoader("dev.llmadapt.rag"))
                .withPropertyValues("llm-adapt.index.folder=memory")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("llm-adapt.index.folder")
                        .hasStackTraceContaining("llm-adapt-rag"));
    }

    @Test
    void metadata_describesEachProperty() throws IOException {
        try (var file = Objects.requireNonNull(
                LlmAdaptProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text)
                    .contains("\"llm-adapt.model\"", "\"llm-adapt.chat.temperature\"", "\"llm-adapt.index.folder\"")
                    .contains("folders of PEFT adapters by name");
        }
    }
}
