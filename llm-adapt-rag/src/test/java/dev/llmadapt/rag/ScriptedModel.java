package dev.llmadapt.rag;

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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;

/** A model for tests: a function answers, another scores; it keeps what it was asked. */
public final class ScriptedModel implements Model {
    public final List<Request> asked = new ArrayList<>();
    private final Function<Request, String> answer;
    private final ToDoubleBiFunction<String, String> score; // of the last message and a continuation, a token

    public ScriptedModel(Function<Request, String> answer) {
        this(answer, (prompt, continuation) -> -1);
    }

    public ScriptedModel(Function<Request, String> answer, ToDoubleBiFunction<String, String> score) {
        this.answer = answer;
        this.score = score;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        asked.add(request);
        String text = answer.apply(request);
        listener.onToken(new Token(0, text, Double.NaN));
        return new Generation(text, List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, "");
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        asked.add(prompt);
        return new Scores(
                continuations.stream()
                        .map(each -> new Scores.Entry(
                                each,
                                List.of(new Token(
                                        0,
                                        each,
                                        score.applyAsDouble(prompt.last().content(), each)))))
                        .toList(),
                Usage.NONE);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("scripted", "none", 0, 1000, 2, "fp32");
    }

    @Override
    public void close() {}
}
