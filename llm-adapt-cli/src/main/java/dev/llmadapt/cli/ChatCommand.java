package dev.llmadapt.cli;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.cli.terminal.InterruptKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llm-adapt chat}. */
@Command(
        name = "chat",
        description = {
            "Holds a conversation, one line a turn.",
            "The model sees all of it each time, or its latest turns when all of it is too long for its context.",
            "/reset forgets it, /system TEXT sets instructions and forgets it, /exit or Ctrl-D ends,",
            "Ctrl-C stops an answer."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  llm-adapt chat", "  llm-adapt chat --system \"You answer in Spanish.\" --temperature 0.7"})
final class ChatCommand implements Callable<Integer> {
    private static final String PROMPT = "> ";

    private final CommandContext context;
    private final List<Message> history = new ArrayList<>();

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions before the conversation.")
    String system = "";

    @Mixin
    final TemplateArguments template = new TemplateArguments();

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final PromptLookupArgument drafts = new PromptLookupArgument();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    ChatCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        GenerationOptions options = sampling.options();
        template.apply(Request.of("?")); // what is wrong with them is told before a model is opened
        BufferedReader in = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8));
        reset(system);
        model.introduce(context);
        try (Model opened = model.open(context, drafts::apply);
                InterruptKey key = InterruptKey.install()) {
            context.err().println(opened.info().name() + "; /help says what else can be typed");
            for (String line = ask(in); line != null; line = ask(in)) {
                String text = line.strip();
                if (text.equals("/exit")) {
                    return 0;
                }
                if (text.startsWith("/")) {
                    obey(text);
                } else if (!text.isEmpty()) {
                    int leftOut = ChatWindow.shorten(opened, history, text, options.maxTokens());
                    if (leftOut > 0) {
                        context.err()
                                .println("(the context is full, the oldest " + leftOut + " messages are left out)");
                    }
                    answer(opened, text, options, key);
                    if (key.terminated()) {
                        return InterruptKey.STOPPED;
                    }
                }
            }
            context.out().println();
        }
        return 0;
    }

    private void answer(Model opened, String text, GenerationOptions options, InterruptKey key) {
        history.add(Message.user(text));
        Request request = template.apply(new Request(history, options, OutputConstraint.none(), List.of()));
        TemplateArguments.Thoughts thoughts = template.thoughts(context, true);
        try {
            Generation answer = key.during(() -> opened.stream(request, thoughts::print));
            thoughts.close();
            context.out().println();
            history.add(answer.message());
            if (answer.finishReason() == FinishReason.LENGTH) {
                context.err().println("(cut off: --max-tokens " + options.maxTokens() + " or the context is full)");
            }
        } catch (IllegalArgumentException e) {
            // What the model refuses, usually a conversation that has grown too long, is not the end of the program.
            history.remove(history.size() - 1);
            context.err().println("refused: " + e.getMessage() + "; /reset begins anew");
        }
        context.out().flush();
    }

    private void obey(String text) {
        if (text.equals("/reset")) {
            reset(system);
        } else if (text.equals("/system") || text.startsWith("/system ")) {
            reset(text.substring("/system".length()).strip());
        } else {
            String trouble = text.equals("/help") ? "" : "unknown command '" + text.split("\\s", 2)[0] + "', ";
            context.err()
                    .println(trouble + "expected /reset, /system TEXT or /exit; anything else is said to the model");
        }
    }

    private void reset(String instructions) {
        system = instructions;
        history.clear();
        if (!system.isEmpty()) {
            history.add(Message.system(system));
        }
    }

    private @Nullable String ask(BufferedReader in) {
        if (context.terminal().interactive()) {
            context.out().print(PROMPT);
            context.out().flush();
        }
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new InvalidInput("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
