package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model whose best prompt is known: the right label becomes more probable by each demonstration that is marked
 * {@code gem}, and by the word {@code carefully} in the instruction. It proposes instructions, one in four with that
 * word, and rewrites one with it whenever it reads a failure of an instruction that begins with {@code Sort}.
 */
final class PlantedModel implements Model {
    static final List<String> LABELS = List.of("red", "green", "blue");

    final List<Request> scored = new ArrayList<>();
    final List<Request> written = new ArrayList<>();
    int failAfter = Integer.MAX_VALUE;
    int interruptAfter = Integer.MAX_VALUE;
    boolean proposesWord = true;
    boolean refusesLong;

    /** Examples: every fifth that may be shown is a gem. */
    static Task task(int examples) {
        return Task.classification(
                "colours",
                "Sort the thing.",
                LABELS,
                IntStream.range(0, examples)
                        .mapToObj(i -> new Example(
                                "e" + i,
                                "thing " + i + " is " + LABELS.get(i % 3) + (i % 5 == 0 ? " gem" : ""),
                                LABELS.get(i % 3)))
                        .toList());
    }

    int calls() {
        return scored.size() + written.size();
    }

    private void call() {
        if (calls() > failAfter) {
            throw new IllegalStateException("killed");
        }
        if (calls() > interruptAfter) {
            Thread.currentThread().interrupt();
        }
    }

    static long gems(Request request) {
        return request.messages().subList(0, request.question()).stream()
                .filter(message ->
                        message.role() == Role.USER && message.content().endsWith("gem"))
                .count();
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        scored.add(prompt);
        call();
        if (refusesLong && prompt.messages().size() > 6) {
            throw new IllegalArgumentException("the prompt is too long");
        }
        String question = prompt.messages().get(prompt.question()).content();
        boolean careful = prompt.messages().get(0).content().contains("carefully");
        double right = gems(prompt) + (careful ? 2 : 0) - 4 + Math.floorMod(question.hashCode(), 7) / 7.0;
        List<Scores.Entry> entries = new ArrayList<>();
        double all = Math.log(Math.exp(right) + continuations.size());
        for (String each : continuations) {
            double score = (question.contains(" " + each) ? right : 0) - all;
            entries.add(new Scores.Entry(each, List.of(new Token(1, each, score))));
        }
        return new Scores(entries, new Usage(10 * prompt.messages().size(), 0));
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        written.add(request);
        call();
        String asked = request.last().content();
        long seed = request.options().seed();
        String text = asked.contains("answered wrongly")
                ? "```\n"
                        + (proposesWord && asked.contains("Instruction: Sort")
                                ? "Look carefully. " + seed
                                : "No. " + seed)
                        + "\n```"
                : asked.contains("Describe")
                        ? "They are things of a colour."
                        : "Instruction: Variant " + seed + (proposesWord && seed % 4 == 2 ? ", carefully." : ".");
        return new Generation(text, List.of(), FinishReason.STOP, new Usage(50, 20), Timings.NONE, "");
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("planted", "fake", 1, 1_000, 10, "fp64");
    }

    @Override
    public void close() {}

    /** The messages of a role that the model read in a request. */
    static List<String> texts(Request request, Role role) {
        return request.messages().stream()
                .filter(message -> message.role() == role)
                .map(Message::content)
                .toList();
    }
}
