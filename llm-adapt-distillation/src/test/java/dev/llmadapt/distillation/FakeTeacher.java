package dev.llmadapt.distillation;

import dev.llmadapt.Decision;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A teacher that answers by a function, and remembers what it was asked. Each answer is 10 tokens read, 1 written. */
final class FakeTeacher implements Model {
    final List<Request> asked = new ArrayList<>();
    private final Function<Request, Generation> answers;

    private FakeTeacher(Function<Request, Generation> answers) {
        this.answers = answers;
    }

    /** A teacher that writes answers to inputs. */
    static FakeTeacher writing(Function<String, String> answers) {
        return of(request -> generation(answers.apply(input(request)), FinishReason.STOP, Optional.empty()));
    }

    /** A teacher that decides among labels. */
    static FakeTeacher deciding(Function<String, Decision> decisions) {
        return of(request -> {
            Decision decision = decisions.apply(input(request));
            return generation(decision.label(), FinishReason.STOP, Optional.of(decision));
        });
    }

    static FakeTeacher of(Function<Request, Generation> answers) {
        return new FakeTeacher(answers);
    }

    static Generation generation(String text, FinishReason reason, Optional<Decision> decision) {
        return new Generation(text, List.of(), reason, new Usage(10, 1), Timings.NONE, "", decision);
    }

    static String input(Request request) {
        return request.last().content();
    }

    /** The inputs asked, in order. */
    List<String> inputs() {
        return asked.stream().map(FakeTeacher::input).toList();
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        asked.add(request);
        return answers.apply(request);
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        throw new UnsupportedOperationException("a teacher is asked for answers");
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("fake", "fake", 0, 1_000, 100, "fp64");
    }

    @Override
    public void close() {
        throw new AssertionError("the teacher is the caller's, it must not be closed");
    }
}
