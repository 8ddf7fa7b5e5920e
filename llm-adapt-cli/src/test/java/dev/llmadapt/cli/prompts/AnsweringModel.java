package dev.llmadapt.cli.prompts;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A model that answers as a function says, in 40 ms, of 10 tokens read and 5 written; as a judge it prefers 5. */
public final class AnsweringModel implements Model {
    /** What it was asked. */
    public final List<Request> asked = new ArrayList<>();

    private final Function<Request, String> answers;

    /** A model of these answers. */
    public AnsweringModel(Function<Request, String> answers) {
        this.answers = answers;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        asked.add(request);
        return new Generation(
                answers.apply(request),
                List.of(),
                FinishReason.STOP,
                new Usage(10, 5),
                new Timings(Duration.ofMillis(20), Duration.ofMillis(40)),
                "");
    }

    /** A judge that gives 5 to texts with the word "good", and 1 to others. */
    @Override
    public Scores score(Request prompt, List<String> continuations) {
        asked.add(prompt);
        boolean good = prompt.last().content().contains("good");
        List<Scores.Entry> entries = new ArrayList<>();
        for (String text : continuations) {
            double logProbability = text.equals(good ? "5" : "1") ? 0 : -50;
            entries.add(new Scores.Entry(text, List.of(new Token(1, text, logProbability))));
        }
        return new Scores(entries, Usage.NONE);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("fake", "fake", 1, 1000, 10, "fp32");
    }

    @Override
    public void close() {}
}
