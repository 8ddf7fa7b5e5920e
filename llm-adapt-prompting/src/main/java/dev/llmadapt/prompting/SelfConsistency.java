package dev.llmadapt.prompting;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A strategy that lets the model think several times and takes the answer that most of the thoughts lead to (Wang et
 * al. 2023, "Self-Consistency Improves Chain of Thought Reasoning in Language Models"): sampled thoughts as in
 * {@link ChainOfThought}, an answer after each by the request's own options, and a vote over the answers without white
 * space at their ends; of equals the earliest wins.
 *
 * <p>The adapted model cannot score, only generate: layers outside must choose labels by
 * {@link LabelChoice#constrained()}, not by scores. Tokens, reasoning and decision are those of the first answer that
 * won, usage and timings those of all.
 *
 * @param thoughts the wording of thoughts and answer
 * @param samples the number of thoughts, at least 2
 * @param temperature the temperature of the thoughts, above 0
 * @param seed the seed of the thoughts; number k, from 0, is sampled with the seed plus k
 */
public record SelfConsistency(ChainOfThought thoughts, int samples, double temperature, long seed) implements Strategy {
    /** Refuses fewer than two samples and a temperature that does not sample. */
    public SelfConsistency {
        if (samples < 2) {
            throw new IllegalArgumentException("samples must be at least 2, samples: " + samples);
        }
        if (!(temperature > 0 && temperature <= 100)) {
            throw new IllegalArgumentException("temperature must be in (0, 100], temperature: " + temperature);
        }
    }

    /** Self-consistency with the default wording at the paper's temperature, 0.7. */
    public static SelfConsistency of(int samples, long seed) {
        return new SelfConsistency(ChainOfThought.defaults(), samples, 0.7, seed);
    }

    @Override
    public String name() {
        return "self-consistency(" + samples + ")";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        List<Model> thinkers = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            GenerationOptions sampling =
                    GenerationOptions.defaults().withTemperature(temperature).withSeed(seed + i);
            thinkers.add(new ThinkingModel(model, thoughts, sampling));
        }
        return new Voting(thinkers);
    }

    private static final class Voting extends ModelLayer {
        private final List<Model> thinkers;

        Voting(List<Model> thinkers) {
            super(thinkers.get(0));
            this.thinkers = List.copyOf(thinkers);
        }

        /** Exchanges that vote together, once the first of them is asked for its answer. */
        @Override
        protected List<? extends Exchange> exchanges(List<Request> requests) {
            Ballots ballots = new Ballots(requests);
            return IntStream.range(0, requests.size())
                    .mapToObj(row -> new Exchange() {
                        @Override
                        public Request asked() {
                            return requests.get(row);
                        }

                        @Override
                        public Optional<Generation> own(TokenListener listener) {
                            return Optional.of(ballots.elected(row, listener));
                        }

                        @Override
                        public Scores scored(Model inside, List<String> continuations) {
                            throw new IllegalArgumentException(
                                    "answers by vote have no scores; let labels be chosen by LabelChoice.constrained()");
                        }
                    })
                    .toList();
        }

        /** The answers to a batch of requests, each thinker's to all of them at once. */
        private final class Ballots {
            private final List<Request> requests;
            private List<List<Generation>> answers = List.of(); // (thinkers, requests)
            private boolean interrupted;

            Ballots(List<Request> requests) {
                this.requests = requests;
            }

            /** The winning answer; the listener gets its tokens at the end, since the winner is not known before. */
            Generation elected(int row, TokenListener listener) {
                if (answers.isEmpty()) {
                    answers = asked();
                }
                List<Generation> column =
                        answers.stream().map(answer -> answer.get(row)).toList();
                if (interrupted) {
                    return interrupted(column);
                }
                Generation winner = vote(column);
                winner.tokens().forEach(listener::onToken);
                return winner;
            }

            private List<List<Generation>> asked() {
                List<List<Generation>> all = new ArrayList<>();
                for (Model thinker : thinkers) {
                    List<Generation> some = thinker.generate(requests);
                    all.add(some);
                    if (some.stream().anyMatch(answer -> answer.finishReason() == FinishReason.INTERRUPTED)) {
                        interrupted = true;
                        break;
                    }
                }
                return all;
            }
        }

        /** The answer of a vote that not all took part in: what was interrupted, or nothing. */
        private static Generation interrupted(List<Generation> column) {
            Generation last = column.get(column.size() - 1);
            return last.finishReason() == FinishReason.INTERRUPTED
                    ? last
                    : new Generation(
                            "",
                            List.of(),
                            FinishReason.INTERRUPTED,
                            last.usage(),
                            last.timings(),
                            last.reasoning(),
                            Optional.empty());
        }

        private static Generation vote(List<Generation> answers) {
            Map<String, Integer> votes = new LinkedHashMap<>();
            answers.forEach(answer -> votes.merge(answer.text().strip(), 1, Integer::sum));
            String most = answers.get(0).text().strip();
            for (Map.Entry<String, Integer> entry : votes.entrySet()) {
                if (entry.getValue() > votes.getOrDefault(most, 0)) {
                    most = entry.getKey();
                }
            }
            Usage usage = Usage.NONE;
            Duration total = Duration.ZERO;
            Generation winner = null;
            for (Generation answer : answers) {
                usage = usage.plus(answer.usage());
                total = total.plus(answer.timings().total());
                winner = winner == null && answer.text().strip().equals(most) ? answer : winner;
            }
            Generation chosen = winner == null ? answers.get(0) : winner;
            return new Generation(
                    chosen.text(),
                    chosen.tokens(),
                    chosen.finishReason(),
                    usage,
                    new Timings(total, total),
                    chosen.reasoning(),
                    chosen.decision());
        }
    }
}
