package dev.llmadapt.pilot;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
            "  cat letter.txt | llm-adapt generate --system \"Summarise in one sentence.\" -"
        })
final class GenerateCommand implements Callable<Integer> {
    private static final int MAX_INPUT = 1 << 24;

    private final Session session;

    @Parameters(paramLabel = "PROMPT", description = "What to answer; '-' reads it from standard input.")
    String prompt = "";

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions before the conversation.")
    String system = "";

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    GenerateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        GenerationOptions options = sampling.options();
        String text = prompt.equals("-") ? readAll() : prompt;
        if (text.isBlank()) {
            throw new InvalidInput("the prompt is empty");
        }
        List<Message> messages = new ArrayList<>();
        if (!system.isEmpty()) {
            messages.add(Message.system(system));
        }
        messages.add(Message.user(text));
        Request request = Request.of(messages.toArray(Message[]::new)).withOptions(options);
        try (Model opened = model.open(session);
                InterruptKey key = InterruptKey.install()) {
            Generation answer = InvalidInput.check(() -> key.during(() -> opened.stream(request, token -> {
                session.out().print(token.text());
                session.out().flush();
            })));
            session.out().println();
            session.out().flush();
            if (answer.finishReason() == FinishReason.LENGTH) {
                session.err()
                        .println("note: stopped after " + answer.usage().completionTokens()
                                + " tokens; --max-tokens or the model's context allows no more");
            }
            return answer.finishReason() == FinishReason.INTERRUPTED ? InterruptKey.STOPPED : 0;
        }
    }

    private String readAll() {
        try {
            byte[] bytes = session.in().readNBytes(MAX_INPUT + 1);
            if (bytes.length > MAX_INPUT) {
                throw new InvalidInput("the prompt on standard input is larger than " + MAX_INPUT + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new InvalidInput("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
