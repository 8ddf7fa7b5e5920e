package dev.llmadapt.cli;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.cli.terminal.InterruptKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

    @Option(names = "--raw", description = "Go on after the prompt as it is, without the model's chat template.")
    boolean raw;

    @Mixin
    final ConstraintArguments constraints = new ConstraintArguments();

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
        OutputConstraint constraint = constraints.constraint();
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
}
