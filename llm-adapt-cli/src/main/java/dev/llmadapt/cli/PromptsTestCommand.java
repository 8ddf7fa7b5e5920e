package dev.llmadapt.cli;

import dev.llmadapt.LazyModel;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.cli.prompts.AnswerCache;
import dev.llmadapt.cli.prompts.Graders;
import dev.llmadapt.cli.prompts.PromptSuite;
import dev.llmadapt.cli.prompts.ResultJson;
import dev.llmadapt.cli.prompts.ResultJunit;
import dev.llmadapt.cli.prompts.ResultPage;
import dev.llmadapt.cli.prompts.ResultTable;
import dev.llmadapt.cli.prompts.SuiteReader;
import dev.llmadapt.cli.prompts.SuiteResult;
import dev.llmadapt.cli.prompts.SuiteRun;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.pilot.task.EmbeddingSimilarity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llm-adapt prompts test}. */
@Command(
        name = "test",
        description = {
            "Tests prompts on models: asks each prompt with the variables of each test, and checks the answers.",
            "FILE is YAML as promptfoo has it (docs/guides/prompting.md says what of it is read). Its providers are",
            "models of this program, or --model takes their place. The status is 1 if a test failed."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt prompts test promptfooconfig.yaml",
            "  llm-adapt prompts test tests.yaml --model qwen2.5-coder-1.5b --html answers.html",
            "  llm-adapt prompts test tests.yaml --judge qwen2.5-coder-1.5b --junit target/prompts.xml"
        })
final class PromptsTestCommand implements Callable<Integer> {
    private static final String CACHE = ".prompt-answers";

    private final CommandContext context;

    @Parameters(paramLabel = "FILE", description = "The prompts, models and tests.")
    Path file = Path.of("");

    @Option(
            names = "--judge",
            paramLabel = "SOURCE",
            description = "A model, named as for --model, that grades answers for llm-rubric.")
    @Nullable
    String judge;

    @Option(
            names = "--cache",
            paramLabel = "FOLDER",
            description = "Keep answers there; the same question to the same model is not asked twice. Default: "
                    + CACHE + " beside FILE.")
    @Nullable
    Path cache;

    @Option(names = "--no-cache", description = "Ask all again, and keep nothing.")
    boolean noCache;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page, with the answers side by side.")
    @Nullable
    Path html;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the result as JSON.")
    @Nullable
    Path json;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write the result as JUnit XML.")
    @Nullable
    Path junit;

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    PromptsTestCommand(CommandContext context) {
        this.context = context;
    }

    /** All that can be refused is, before a model is fetched. */
    @Override
    public Integer call() {
        if (noCache && cache != null) {
            throw new InvalidInput("--no-cache keeps no answers, leave --cache out");
        }
        PromptSuite suite = onModels(SuiteReader.read(file, sampling.options()));
        suite.requirePrices();
        List<List<List<Message>>> messages = suite.render();
        Optional<String> judging = judging(suite);
        try (JsonTarget page = target("--html", html);
                JsonTarget data = target("--json", json);
                JsonTarget report = target("--junit", junit);
                InterruptKey key = InterruptKey.install()) {
            suite.unread()
                    .forEach((name, place) -> context.err()
                            .println("note: " + place + ": no prompt and no assertion reads the variable '" + name
                                    + "'"));
            try {
                SuiteResult result = key.during(() -> run(suite, messages, judging));
                context.out().print(ResultTable.write(result));
                context.out().flush();
                write(page, ResultPage.write(result));
                write(data, ResultJson.write(result));
                write(report, ResultJunit.write(result));
                return result.allPassed() ? 0 : 1;
            } catch (CancellationException e) {
                return stopped();
            } catch (LlmAdaptException e) {
                if (!key.pressed()) {
                    throw e;
                }
                return stopped();
            }
        }
    }

    private int stopped() {
        context.err().println(Main.NAME + ": stopped" + (noCache ? "" : "; the answers so far are kept"));
        return InterruptKey.STOPPED;
    }

    private static @Nullable JsonTarget target(String option, @Nullable Path path) {
        return path == null ? null : new JsonTarget(option, path);
    }

    private static void write(@Nullable JsonTarget target, String text) {
        if (target != null) {
            target.write(text);
        }
    }

    /** The suite on the models of {@code --model}, else on those that it names, if they are ours. */
    private PromptSuite onModels(PromptSuite suite) {
        if (model.given.isEmpty()) {
            if (suite.providers().isEmpty()) {
                throw new InvalidInput(file + " names no providers; name a model with --model");
            }
            if (!model.adapters.isEmpty()) {
                throw new InvalidInput("--adapter needs the model it acts on, name it with --model");
            }
            suite.providers().forEach(PromptsTestCommand::requireOurs);
            return suite;
        }
        if (!suite.providers().isEmpty()) {
            context.err()
                    .println("note: --model takes the place of the providers of " + file + ": "
                            + String.join(
                                    ", ",
                                    suite.providers().stream()
                                            .map(PromptSuite.Provider::label)
                                            .toList()));
        }
        List<String> sources = model.sources();
        List<String> names = ModelNames.of(sources);
        List<PromptSuite.Provider> providers = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            KnownModel.sourceOf(sources.get(i));
            providers.add(new PromptSuite.Provider(
                    sources.get(i), names.get(i), sampling.options(), Optional.empty(), "--model"));
        }
        return suite.on(providers);
    }

    private static void requireOurs(PromptSuite.Provider provider) {
        // others name a service first: openai:gpt-4o, ollama:chat:llama3
        boolean service = !RemoteSource.is(provider.id())
                && provider.id().matches("[a-z][a-z0-9_-]+:.*")
                && !provider.id().matches("(hf|pypi):.*");
        try {
            if (service) {
                throw new InvalidInput("it is a service, and prompts are tested on local models, and on servers such as"
                        + " http://localhost:8000/v1#MODEL");
            }
            KnownModel.sourceOf(provider.id());
        } catch (InvalidInput e) {
            throw new InvalidInput(
                    provider.place() + ": the provider '" + provider.id() + "' is no model of this program: "
                            + e.getMessage() + "; --model SOURCE takes the place of all providers",
                    e);
        }
    }

    /** The model that grades, where one is needed. */
    private Optional<String> judging(PromptSuite suite) {
        if (!suite.asserts("llm-rubric")) {
            if (judge != null) {
                throw new InvalidInput("--judge grades for llm-rubric, which no test of " + file + " has");
            }
            return Optional.empty();
        }
        if (judge != null) {
            KnownModel.sourceOf(judge);
            return Optional.of(judge);
        }
        if (suite.judges().size() == 1) {
            Map.Entry<String, String> only =
                    suite.judges().entrySet().iterator().next();
            requireOurs(new PromptSuite.Provider(
                    only.getKey(), only.getKey(), sampling.options(), Optional.empty(), only.getValue()));
            return Optional.of(only.getKey());
        }
        throw new InvalidInput("llm-rubric needs a model that grades"
                + (suite.judges().isEmpty()
                        ? ""
                        : ", " + file + " names several ("
                                + String.join(", ", suite.judges().keySet()) + ")")
                + "; name it with --judge SOURCE");
    }

    private SuiteResult run(PromptSuite suite, List<List<List<Message>>> messages, Optional<String> judging) {
        AnswerCache kept = noCache || !suite.cache() ? null : new AnswerCache(cache == null ? beside() : cache);
        try (ProgressLine progress = context.progress();
                EmbeddingSimilarity similarity = EmbeddingSimilarity.miniLm();
                LazyJudge grading = new LazyJudge(judging, kept, progress)) {
            SuiteRun run = new SuiteRun(
                    suite, provider -> tested(model.choice(provider.id(), model.adapters), progress), kept, progress);
            return run.run(messages, new Graders(similarity, grading));
        }
    }

    private Path beside() {
        return file.toAbsolutePath().resolveSibling(CACHE);
    }

    /** A model that is opened when it is asked, and what tells it from others. */
    private SuiteRun.Tested tested(ModelChoice choice, ProgressLine progress) {
        ModelFiles files = InvalidInput.check(() -> context.models().files(choice, progress));
        String content = files.content().isEmpty() || choice.adapters().isEmpty()
                ? files.content()
                : files.content() + " " + choice.adapters() + " " + ModelLoading.content(choice.adapters());
        return new SuiteRun.Tested(
                content,
                new LazyModel(() -> InvalidInput.check(() -> context.models().open(choice, progress))));
    }

    /** The judge, whose files are read when the first answer is to be graded. */
    private final class LazyJudge implements Graders.RubricJudge, AutoCloseable {
        private final Optional<String> source;
        private final @Nullable AnswerCache kept;
        private final ProgressLine progress;
        private SuiteRun.@Nullable Tested opened;

        LazyJudge(Optional<String> source, @Nullable AnswerCache kept, ProgressLine progress) {
            this.source = source;
            this.kept = kept;
            this.progress = progress;
        }

        @Override
        public double grade(String rubric, String question, String answer) {
            SuiteRun.Tested judge = opened;
            if (judge == null) {
                judge = tested(
                        new ModelChoice(
                                        source.orElseThrow(),
                                        model.precision,
                                        model.device,
                                        "",
                                        model.bytes(),
                                        model.cacheType,
                                        List.of())
                                .withServer(model.server()),
                        progress);
                opened = judge;
            }
            return SuiteRun.judge(judge, kept).grade(rubric, question, answer);
        }

        @Override
        public void close() {
            SuiteRun.Tested judge = opened;
            if (judge != null) {
                judge.model().close();
            }
        }
    }
}
