package dev.llmadapt.prompting;

import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.reverseOrder;

import dev.llmadapt.Decision;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint.OneOf;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.prompting.LabelChoice.Normalization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A model that answers a request for one of several texts with that of the highest score: {@link LabelChoice#scored}.
 */
final class ScoringModel extends ModelLayer {
    private final Normalization normalization;
    private final LabelPrior prior;
    private final Temperature temperature;

    ScoringModel(Model base, Normalization normalization, LabelPrior prior, Temperature temperature) {
        super(base);
        this.normalization = normalization;
        this.prior = prior;
        this.temperature = temperature;
    }

    /** Answers by scores if the request asks for one of several texts; passes it on unchanged otherwise. */
    @Override
    protected Exchange exchange(Request request) {
        request.requireNoTools("a layer of label choice");
        return new Exchange() {
            @Override
            public Request asked() {
                return request;
            }

            @Override
            public Optional<Generation> own(TokenListener listener) {
                return request.constraint() instanceof OneOf oneOf
                        ? Optional.of(choose(request, oneOf.choices(), listener))
                        : Optional.empty();
            }
        };
    }

    private Generation choose(Request request, List<String> choices, TokenListener listener) {
        long start = System.nanoTime();
        if (Thread.currentThread().isInterrupted()) {
            return new Generation("", List.of(), FinishReason.INTERRUPTED, Usage.NONE, Timings.NONE, "");
        }
        Scores scores = base().score(request, choices);
        LabelPrior.Learned learned = prior.of(request, choices);
        List<Double> normalized = LabelPrior.normalized(scores, normalization);
        Scores.Entry best = scores.entries().get(best(normalized, learned.scores()));
        boolean report = request.options().logProbabilities();
        List<Token> tokens = best.tokens().stream()
                .map(token ->
                        report ? token : new Token(token.id(), token.text(), Double.NaN, "", List.of(), token.bytes()))
                .toList();
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        tokens.forEach(listener::onToken);
        return new Generation(
                best.continuation(),
                tokens,
                FinishReason.STOP,
                scores.usage().plus(learned.usage()),
                new Timings(time, time),
                "",
                Optional.of(decision(request, choices, normalized, learned.scores())));
    }

    /** The choices with probabilities in proportion to the exponentials of scores minus priors, over a temperature. */
    private Decision decision(Request request, List<String> choices, List<Double> scores, List<Double> priors) {
        double[] logits = IntStream.range(0, choices.size())
                .mapToDouble(i -> scores.get(i) - priors.get(i))
                .toArray();
        return temperature.decide(request, choices, logits);
    }

    /** The index of the highest score minus prior; the first of equals. */
    static int best(List<Double> scores, List<Double> priors) {
        return IntStream.range(0, scores.size())
                .boxed()
                .max(comparingDouble((Integer i) -> scores.get(i) - priors.get(i))
                        .thenComparing(reverseOrder()))
                .orElseThrow();
    }
}
