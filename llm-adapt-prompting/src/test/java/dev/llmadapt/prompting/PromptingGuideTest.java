package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.prompting.file.PromptDiff;
import dev.llmadapt.prompting.file.PromptFile;
import dev.llmadapt.prompting.file.PromptLibrary;
import dev.llmadapt.prompting.memory.ConversationMemory;
import dev.llmadapt.prompting.memory.ConversationStore;
import dev.llmadapt.prompting.memory.MemoryPolicy;
import dev.llmadapt.prompting.memory.TokenCounter;
import dev.llmadapt.prompting.search.Prompt;
import dev.llmadapt.prompting.search.PromptSearch;
import dev.llmadapt.prompting.search.SearchBudget;
import dev.llmadapt.prompting.search.SearchOptions;
import dev.llmadapt.prompting.search.SearchReport;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.Rendered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/prompting.md}, line for line. */
class PromptingGuideTest {
    @TempDir
    Path folder;

    private final Model model = new ToyModel();
    private final PrintStream console = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void record() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(console);
    }

    private static Task task() {
        return Task.classification(
                "triage",
                "Say what the message of a bank's customer is about.",
                List.of("card", "transfer", "account"),
                List.of(
                        new Example("1", "my card is gone", "card"),
                        new Example("2", "my salary has not come in", "transfer"),
                        new Example("3", "can you change our address", "account"),
                        new Example("4", "the machine kept my card", "card")));
    }

    @Test
    void examples_ofATask_answer() {
        // guide
        Task task = Task.classification(
                "triage",
                "Say what the message of a bank's customer is about.",
                List.of("card", "transfer", "account"),
                List.of(
                        new Example("1", "my card is gone", "card"),
                        new Example("2", "my salary has not come in", "transfer"),
                        new Example("3", "can you change our address", "account"),
                        new Example("4", "the machine kept my card", "card")));
        Strategy strategy = ZeroShot.defaults().then(FewShot.nearest(2)).then(LabelChoice.constrained());

        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            System.out.println(adapted.generate(task.request("I lost my card")).text()); // card
        }
        // end
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("card\n");
        printed.reset();
        // guide
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            for (Message message :
                    adapted.prepare(task.request("I lost my card")).messages()) {
                System.out.println(message.role().key() + ": " + message.content());
            }
        }
        // end
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                system: Say what the message of a bank's customer is about.
                Answer with one of: card, transfer, account.
                user: the machine kept my card
                assistant: card
                user: my card is gone
                assistant: card
                user: I lost my card
                """);
    }

    @Test
    void examples_ofWordings_prepare() {
        Task task = task();
        // guide
        ZeroShot zeroShot = ZeroShot.defaults()
                .withInstruction(new PromptTemplate("You sort mail for a bank. {instruction}"))
                .withLabels(new PromptTemplate("Reply with one word of: {labels}"))
                .withInput(new PromptTemplate("Message: {input}"));
        RolePrompt role = new RolePrompt("You are an experienced support agent.");
        Strategy worded = zeroShot.then(role);
        // end
        assertThat(prepared(worded, task)).containsExactly("""
                You sort mail for a bank. Say what the message of a bank's customer is about.
                Reply with one word of: card, transfer, account

                You are an experienced support agent.""", "Message: I lost my card");
        // guide
        Strategy balanced = ZeroShot.defaults().then(FewShot.fixed(3, 42));
        Strategy similar = ZeroShot.defaults().then(FewShot.nearest(2));
        // end
        assertThat(prepared(balanced, task)).hasSize(8).contains("card", "transfer", "account");
        assertThat(prepared(similar, task)).hasSize(6);
    }

    @Test
    void examples_ofShots_prepare() {
        Task task = task();
        Retriever retriever = query -> task.examples().stream()
                .map(each -> new Passage(each.id(), "", each.input(), 0))
                .limit(query.limit())
                .toList();
        EmbeddingModel embedder = new OneVector();
        // guide
        Strategy byMeaning = ZeroShot.defaults().then(FewShot.nearest(4, embedder)); // the embedder stays yours
        Strategy found = ZeroShot.defaults().then(FewShot.nearest(2, retriever));
        ShotOptions diverse = ShotOptions.defaults()
                .withLambda(0.5)
                .withMaxCharacters(2_000)
                .withOrder(ShotOptions.Order.MOST_SIMILAR_FIRST);
        Strategy spread = ZeroShot.defaults().then(FewShot.nearest(4).withOptions(diverse));
        // end
        assertThat(prepared(byMeaning, task)).hasSize(10);
        assertThat(prepared(found, task)).hasSize(6).endsWith("my card is gone", "card", "I lost my card");
        assertThat(prepared(spread, task)).hasSize(10);
    }

    @Test
    void examples_ofASearch_findAPrompt() {
        Task things = task().withExamples(IntStream.range(0, 36)
                .mapToObj(i -> new Example(
                        "e" + i,
                        task().labels().get(i % 3) + " message " + i,
                        task().labels().get(i % 3)))
                .toList());
        // guide
        SearchOptions options = SearchOptions.defaults()
                .withBudget(SearchBudget.calls(60)) // or .time(Duration.ofMinutes(5)), or .tokens(1_000_000)
                .withDemonstrations(4)
                .withValidation(6)
                .withJournal(folder.resolve("search.jsonl"));
        PromptSearch search = new PromptSearch(ZeroShot.defaults(), options);
        SearchReport report = search.run(model, things, Progress.NONE);

        Prompt prompt = report.chosen();
        prompt.save(folder.resolve("prompt.json"));
        Strategy shown = prompt.under(ZeroShot.defaults()).then(LabelChoice.scored(TOKENS, BATCH));
        // end
        assertThat(report.search().calls()).isEqualTo(60);
        assertThat(Prompt.load(folder.resolve("prompt.json"))).isEqualTo(prompt);
        assertThat(label(shown, things)).isIn(things.labels());
    }

    /** Embeds every text as the same vector. */
    private static final class OneVector implements EmbeddingModel {
        @Override
        public String name() {
            return "one";
        }

        @Override
        public int dimension() {
            return 1;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
            return texts.stream().map(text -> new float[] {1}).toList();
        }

        @Override
        public void close() {}
    }

    @Test
    void examples_ofThoughts_answer() {
        Task task = task();
        // guide
        ChainOfThought thinking = ChainOfThought.defaults()
                .withTrigger(new PromptTemplate("Let's think step by step."))
                .withThoughtTokens(64);
        try (Model adapted = ZeroShot.defaults().then(thinking).adapt(model, task, Progress.NONE)) {
            Generation answer = adapted.generate(task.request("I lost my card"));
            System.out.println(answer.text() + " because " + answer.reasoning());
        }
        Strategy voting = ZeroShot.defaults().then(SelfConsistency.of(5, 42));
        // end
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains(" because ");
        assertThat(task.labels()).contains(label(voting, task));
    }

    @Test
    void examples_ofLabels_answer() {
        Task task = task();
        // guide
        Strategy decoded = ZeroShot.defaults().then(LabelChoice.constrained());
        Strategy scored = ZeroShot.defaults().then(LabelChoice.scored(TOKENS, NONE));
        Strategy calibrated = ZeroShot.defaults().then(FewShot.fixed(3, 42)).then(LabelChoice.scored(TOKENS, BATCH));
        Strategy letters = LabelChoice.byLetters(BATCH)
                .around(ZeroShot.defaults().withoutLabels().then(FewShot.fixed(3, 42)));
        // end
        assertThat(List.of(label(decoded, task), label(scored, task), label(calibrated, task), label(letters, task)))
                .isSubsetOf(task.labels());
    }

    @Test
    void examples_ofConstraints_constrain() {
        // guide
        JsonSchema.ObjectOf schema = JsonSchema.object(
                JsonSchema.property("to", JsonSchema.text()),
                JsonSchema.property("amount", JsonSchema.number().orNull()),
                JsonSchema.property("currency", JsonSchema.oneOf("EUR", "GBP", "USD")));
        Task transfers = Task.extraction(
                "transfers",
                "Extract the transfer that the message asks for.",
                schema,
                List.of(new Example(
                        "1", "20 euros to Ann please", "{\"to\": \"Ann\", \"amount\": 20, \"currency\": \"EUR\"}")));
        Request asked = transfers.request("send Bob five dollars");
        // end
        assertThat(asked.constraint()).isEqualTo(OutputConstraint.json(schema));
        assertThat(prepared(ZeroShot.defaults(), transfers).get(0)).endsWith(schema.describe());
        // guide
        Request yesOrNo = Request.of(Message.system("Is this about money?"), Message.user("my salary has not come in"))
                .withConstraint(OutputConstraint.oneOf(List.of("yes", "no")))
                .withOptions(GenerationOptions.defaults().withMaxTokens(8));
        String answered = model.generate(yesOrNo).text();
        // end
        assertThat(answered).isIn("yes", "no");
    }

    @Test
    void examples_ofChatTemplates_render() {
        // guide
        ChatTemplate template = ChatTemplate.parse("""
                {{ bos_token }}{% for message in messages %}
                <|{{ message['role'] }}|>{{ message['content'] }}<|end|>
                {% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}""");
        Rendered rendered = template.renderChat(
                List.of(Message.user("my card is gone")),
                true,
                false,
                Map.of("bos_token", ChatTemplate.trusted("<s>")));
        System.out.println(rendered.text());
        rendered.dataSpans().forEach(span -> System.out.println(rendered.text().substring(span.start(), span.end())));
        System.out.println(template.unsupported()); // nothing
        // end
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                <s><|user|>my card is gone<|end|>
                <|assistant|>
                my card is gone
                []
                """);
    }

    @Test
    void examples_ofThoughts_ask() {
        List<Request> asked = new ArrayList<>();
        try (Model model = new ModelLayer(new ToyModel()) { // which has no template, so no arguments
                    @Override
                    protected Request apply(Request request) {
                        asked.add(request);
                        return request.withTemplateArguments(Map.of()).withOptions(GenerationOptions.defaults());
                    }
                }) {
            // guide
            Request quick = Request.of("Why is the sky blue?").withTemplateArgument("enable_thinking", false);
            Request careful = Request.of("What is 17 * 23?")
                    .withTemplateArgument("enable_thinking", true)
                    .withOptions(GenerationOptions.defaults().withMaxTokens(2_000));
            Generation answer = model.generate(careful);
            System.out.println(answer.text() + ", since " + answer.reasoning());
            // end
            model.generate(quick);
            assertThat(asked.stream().map(Request::templateArguments))
                    .containsExactly(Map.of("enable_thinking", true), Map.of("enable_thinking", false));
        }
    }

    // guide
    record Polite() implements Strategy {
        @Override
        public String name() {
            return "polite";
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            return new ModelLayer(model) {
                @Override
                protected Request apply(Request request) {
                    return request.plus(Message.user("Please."));
                }
            };
        }
    }
    // end

    @Test
    void example_ofAStrategy_changesTheRequest() {
        assertThat(prepared(new Polite(), task())).containsExactly("I lost my card", "Please.");
    }

    @Test
    void examples_ofPromptFiles_render() throws IOException {
        Files.writeString(folder.resolve("support.prompty"), """
                ---
                inputs:
                  question:
                  tone:
                    default: friendly
                ---
                system:
                Be {{ tone }}.
                user:
                {{ question }}
                """);
        // guide
        PromptFile prompt = PromptFile.read(folder.resolve("support.prompty"));
        Request support = prompt.request(Map.of("question", "Where is my card?"));
        System.out.println(prompt.name() + " " + prompt.version().length() + " "
                + model.prepare(support).messages());
        PromptLibrary library = PromptLibrary.open(folder); // all prompts of a folder, checked
        PromptDiff diff = PromptDiff.between(library.get("support"), prompt);
        System.out.println(diff.isEmpty());
        // end
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .startsWith("support 12 [Message[role=SYSTEM, content=Be friendly.")
                .endsWith("\ntrue\n");
    }

    @Test
    void examples_ofMemory_remember() {
        TokenCounter tokens = messages -> 1;
        // guide
        MemoryPolicy policy = MemoryPolicy.window(tokens, 3_000); // of a model with a context of 4,096
        ConversationMemory memory =
                new ConversationMemory(ConversationStore.inMemory(), policy, Duration.ofHours(1), Clock.systemUTC());
        memory.instruct("ann", "You are a support agent of a bank.");
        Generation reply = memory.exchange(
                "ann",
                Message.user("I lost my card"),
                messages -> model.generate(Request.of(messages.toArray(Message[]::new))));
        System.out.println(memory.messages("ann").size()); // the instructions, the question and the answer
        memory.close("ann");
        // end
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("3\n");
        assertThat(reply.text()).isNotEmpty();
        assertThat(memory.messages("ann")).isEmpty();
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(PromptingGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/prompting.md"))
                .hasSize(15);
    }

    private List<String> prepared(Strategy strategy, Task task) {
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            return adapted.prepare(task.request("I lost my card")).messages().stream()
                    .map(Message::content)
                    .toList();
        }
    }

    private String label(Strategy strategy, Task task) {
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            return adapted.generate(task.request("I lost my card")).text();
        }
    }
}
