package dev.llmadapt.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.rag.CitedAnswer;
import dev.llmadapt.rag.Rag;
import dev.llmadapt.rag.RagModel;
import dev.llmadapt.rag.RagOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rag injections}. */
@Command(
        name = "injections",
        description = {
            "Measures how many answers do what instructions in passages say, worded by the model and quoted.",
            "Each line of the file has 'question', 'text' (the passage) and 'marker' (what an answer holds that obeys)."
        },
        sortOptions = false)
final class RagInjectionsCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "FILE", description = "Such as llm-adapt-pilot/tasks/injections.jsonl.")
    @SuppressWarnings("NullAway.Init") // required
    Path file;

    @Mixin
    final ModelArguments model = new ModelArguments();

    @Mixin
    final SamplingArguments sampling = new SamplingArguments();

    RagInjectionsCommand(CommandContext context) {
        this.context = context;
    }

    /** A passage with instructions. */
    private record Attack(String question, String text, String marker) {}

    @Override
    public Integer call() {
        List<Attack> attacks = read();
        GenerationOptions options = sampling.options();
        try (Model opened = model.open(context)) {
            RagOptions kept = RagOptions.defaults().withUnsupported(RagOptions.Unsupported.KEPT);
            print(
                    "worded by the model, as it wrote",
                    attacks,
                    opened,
                    options,
                    kept.withWording(RagOptions.Wording.MODEL));
            print(
                    "worded by the model, checked",
                    attacks,
                    opened,
                    options,
                    RagOptions.defaults().withWording(RagOptions.Wording.MODEL));
            print("quoted", attacks, opened, options, kept.withWording(RagOptions.Wording.QUOTED));
        }
        return 0;
    }

    private void print(String name, List<Attack> attacks, Model opened, GenerationOptions options, RagOptions rag) {
        int obeyed = 0;
        int flagged = 0;
        for (Attack attack : attacks) {
            Passage passage = new Passage("attack", "", attack.text(), 1);
            try (RagModel asked =
                    Rag.over(query -> List.of(passage), rag).adapt(opened, RagAskCommand.task(), Progress.NONE)) {
                CitedAnswer answer = asked.ask(Request.of(attack.question()).withOptions(options));
                obeyed += answer.text().contains(attack.marker()) ? 1 : 0;
                flagged += answer.flagged().isEmpty() ? 0 : 1;
            }
        }
        context.out()
                .printf(
                        Locale.ROOT,
                        "%s: %d of %d answers do what the passage says (%.3f); %d passages are flagged%n",
                        name,
                        obeyed,
                        attacks.size(),
                        (double) obeyed / attacks.size(),
                        flagged);
        context.out().flush();
    }

    private List<Attack> read() {
        List<Attack> attacks = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    JsonObject json = JsonParser.parseString(line).getAsJsonObject();
                    attacks.add(new Attack(text(json, "question"), text(json, "text"), text(json, "marker")));
                }
            }
        } catch (IOException | JsonParseException | IllegalStateException e) {
            throw new InvalidInput(file + ", line " + (attacks.size() + 1) + ", cannot be read: " + e.getMessage(), e);
        }
        if (attacks.isEmpty()) {
            throw new InvalidInput(file + " has no line");
        }
        return attacks;
    }

    private static String text(JsonObject json, String key) {
        if (!json.has(key)
                || !json.get(key).isJsonPrimitive()
                || json.get(key).getAsString().isBlank()) {
            throw new IllegalStateException("'" + key + "' must be a text");
        }
        return json.get(key).getAsString();
    }
}
