package dev.llmadapt.cli;

import com.google.gson.JsonParseException;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.pilot.task.SchemaJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llm-adapt generate}. */
@Command(
        name = "generate",
        description = "Answers a prompt, as it is written, on standard output.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt generate \"Why is the sky blue?\"",
            "  llm-adapt generate --temperature 0.8 --top-p 0.95 --seed 7 \"A poem on rain.\"",
            "  llm-adapt generate --schema invoice.schema.json \"Lunch at Dora's, 12.50, on 3 May.\"",
            "  llm-adapt generate --tools tools.json \"Will it rain in Bern tomorrow?\"",
            "  llm-adapt generate --template-arg enable_thinking=false \"Why is the sky blue?\"",
            "  llm-adapt generate --regex \"[0-9]{4}\" \"When was Rome founded? The year:\"",
            "  cat letter.txt | llm-adapt generate --system \"Summarise in one sentence.\" -"
        })
final class GenerateCommand implements Callable<Integer> {
    private static final int CUT_OFF = 1;

    private final CommandContext context;

    @Parameters(paramLabel = "PROMPT", description = "What to answer; '-' reads it from standard input.")
    String prompt = "";

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions before the conversation.")
    String system = "";

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "The JSON Schema of an object as tasks have it, of texts, numbers, choices and lists: the answer"
                            + " is JSON on one line, its properties all there and in the order of the schema.")
    @Nullable
    Path schema;

    @Option(
            names = "--json-schema",
            paramLabel = "FILE",
            description =
                    "Any JSON Schema (docs/guides/constraints.md), of an object or of anything else: the answer is"
                            + " JSON of it, in any layout.")
    @Nullable
    Path jsonSchema;

    @Option(
            names = "--regex",
            paramLabel = "PATTERN",
            description = "A regular expression of ECMA-262, which the whole answer matches.")
    @Nullable
    String regex;

    @Option(
            names = "--grammar",
            paramLabel = "FILE",
            description = "A grammar in GBNF, the notation of llama.cpp, which the answer keeps.")
    @Nullable
    Path grammar;

    @Option(names = "--raw", description = "Go on after the prompt as it is, without the model's chat template.")
    boolean raw;

    @Mixin
    final ToolArguments tools = new ToolArguments();

    @Mixin
    final TemplateArguments template = new TemplateArguments();

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final PromptLookupArgument drafts = new PromptLookupArgument();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    GenerateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        GenerationOptions options = sampling.options();
        String text = prompt.equals("-") ? StandardInput.readAll(context, "prompt") : prompt;
        if (text.isBlank()) {
            throw new InvalidInput("the prompt is empty");
        }
        if (raw && !system.isEmpty()) {
            throw new InvalidInput("--raw goes on after the prompt alone, leave --system out");
        }
        List<Message> messages = new ArrayList<>();
        if (!system.isEmpty()) {
            messages.add(Message.system(system));
        }
        messages.add(Message.user(text));
        OutputConstraint constraint = constraint();
        Request request = InvalidInput.check(() -> template.apply(
                tools.apply(Request.of(messages.toArray(Message[]::new)).withOptions(options))
                        .withRaw(raw)
                        .withConstraint(constraint)));
        model.introduce(context);
        TemplateArguments.Thoughts thoughts = template.thoughts(context, false);
        try (Model opened = model.open(context, choice -> drafts.apply(tools.apply(choice)));
                InterruptKey key = InterruptKey.install()) {
            Generation answer = InvalidInput.check(() -> key.during(() -> opened.stream(request, thoughts::print)));
            thoughts.close();
            if (!answer.text().isEmpty() || answer.toolCalls().isEmpty()) {
                context.out().println();
            }
            answer.toolCalls().forEach(call -> context.out().println(ToolArguments.line(call)));
            context.out().flush();
            if (answer.finishReason() == FinishReason.LENGTH) {
                context.err()
                        .println("note: stopped after " + answer.usage().completionTokens()
                                + " tokens" + (thinking(answer) ? ", before it had thought to the end" : "")
                                + "; --max-tokens or the model's context allows no more");
            }
            if (answer.finishReason() == FinishReason.LENGTH && !constraint.equals(OutputConstraint.none())) {
                context.err().println("the answer is cut off, so it may not be what its constraint asks for");
                return CUT_OFF;
            }
            return answer.finishReason() == FinishReason.INTERRUPTED ? InterruptKey.STOPPED : 0;
        }
    }

    private static boolean thinking(Generation answer) {
        return answer.text().isEmpty() && !answer.reasoning().isEmpty();
    }

    private OutputConstraint constraint() {
        long given = Stream.of(schema, jsonSchema, regex, grammar)
                .filter(Objects::nonNull)
                .count();
        if (given > 1) {
            throw new InvalidInput(
                    "an answer keeps one constraint, give one of --schema, --json-schema, --regex and --grammar");
        }
        if (schema != null) {
            return OutputConstraint.json(read("--schema", schema, SchemaJson::read));
        } else if (jsonSchema != null) {
            return OutputConstraint.json(read("--json-schema", jsonSchema, JsonSchema::parse));
        } else if (regex != null) {
            if (regex.isEmpty()) {
                throw new InvalidInput("--regex is empty");
            }
            return OutputConstraint.regex(regex);
        } else if (grammar != null) {
            return read("--grammar", grammar, OutputConstraint::grammar);
        }
        return OutputConstraint.none();
    }

    private static <T> T read(String option, Path file, Function<String, T> reader) {
        try {
            return reader.apply(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new InvalidInput(option + " " + file + " is not there", e);
        } catch (IOException | JsonParseException | IllegalArgumentException e) {
            throw new InvalidInput(option + " " + file + " cannot be used: " + e.getMessage(), e);
        }
    }
}
