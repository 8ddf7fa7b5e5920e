package dev.llmadapt.prompting;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OutputConstraint.OneOf;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model that is asked for the letter of an option where a request asks for one of several texts:
 * {@link LabelChoice#byLetters}. It is the layer next to the model, so it sees the examples that other layers show. Its
 * scores of the texts are the log-probabilities of their letters, which add up to 1; its answers are the texts whose
 * letters the model inside writes.
 *
 * <p>More options than letters are asked for in rounds: in groups, evenly large and in the order of the options, then
 * among the winners of the groups. The odds of two options of a group are those of their group, and the odds of two
 * winners are those among the winners, from which the probabilities of all follow (Luce's choice axiom); so the most
 * probable option is the winner of the last round.
 */
final class LetteringModel extends ModelLayer {
    LetteringModel(Model base) {
        super(base);
    }

    @Override
    protected Exchange exchange(Request request) {
        if (!(request.constraint() instanceof OneOf oneOf)) {
            return () -> request;
        }
        List<String> choices = oneOf.choices();
        return new Exchange() {
            @Override
            public Request asked() {
                return lettered(groups(choices).get(0), choices).listedIn(request);
            }

            @Override
            public Optional<Generation> own(TokenListener listener) {
                return Optional.of(decoded(request, choices, listener));
            }

            @Override
            public Scores scored(Model inside, List<String> continuations) {
                return choices.containsAll(continuations)
                        ? byLetters(inside, request, choices, continuations)
                        : inside.score(request, continuations);
            }
        };
    }

    /** One round: the log-probability of each option, of all of which they are the only ones. */
    @FunctionalInterface
    private interface Round {
        double[] of(Request asked, LetteredOptions options);
    }

    private static Scores byLetters(Model inside, Request request, List<String> choices, List<String> continuations) {
        Usage[] usage = {Usage.NONE};
        int[] ids = new int[LetteredOptions.MOST];
        double[] shares = shares(
                (asked, options) -> {
                    Scores scores = inside.score(asked, options.letters());
                    usage[0] = usage[0].plus(scores.usage());
                    double[] logProbabilities = new double[options.options().size()];
                    for (int i = 0; i < logProbabilities.length; i++) {
                        Scores.Entry entry = scores.entries().get(i);
                        logProbabilities[i] = entry.logProbability();
                        ids[i] = entry.tokens().get(0).id();
                    }
                    return normalized(logProbabilities);
                },
                request,
                choices,
                choices);
        List<Scores.Entry> entries = new ArrayList<>();
        for (String continuation : continuations) {
            int choice = choices.indexOf(continuation);
            int id = ids[letter(choices, choice)];
            entries.add(new Scores.Entry(continuation, List.of(new Token(id, continuation, shares[choice]))));
        }
        return new Scores(entries, usage[0]);
    }

    /** The text whose letter the model inside writes, under a constraint to the letters. */
    private Generation decoded(Request request, List<String> choices, TokenListener listener) {
        long start = System.nanoTime();
        List<Generation> letters = new ArrayList<>();
        double[] shares = shares(
                (asked, options) -> {
                    GenerationOptions unstopped = request.options().withStop();
                    Generation letter = base().generate(asked.withConstraint(OutputConstraint.oneOf(options.letters()))
                            .withOptions(unstopped));
                    letters.add(letter);
                    int written = options.letters().indexOf(letter.text());
                    if (written < 0 && letter.finishReason() != FinishReason.INTERRUPTED) {
                        throw new InferenceException("the model was asked for one of the letters "
                                + options.letters() + " under a constraint, and wrote '" + letter.text()
                                + "'; use a model that keeps constraints");
                    }
                    double[] one = new double[options.options().size()];
                    Arrays.fill(one, Double.NEGATIVE_INFINITY);
                    one[Math.max(0, written)] = 0; // of an answer that was interrupted no option is taken
                    return one;
                },
                request,
                choices,
                choices);
        Usage usage = Usage.NONE;
        boolean interrupted = false;
        for (Generation letter : letters) {
            usage = usage.plus(letter.usage());
            interrupted |= letter.finishReason() == FinishReason.INTERRUPTED;
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        Generation last = letters.get(letters.size() - 1);
        if (interrupted) {
            return new Generation("", List.of(), FinishReason.INTERRUPTED, usage, new Timings(time, time), "");
        }
        String text = choices.get(best(shares));
        List<Token> tokens = last.tokens().stream()
                .limit(1)
                .map(letter -> new Token(letter.id(), text, letter.logProbability()))
                .toList();
        tokens.forEach(listener::onToken);
        return new Generation(text, tokens, FinishReason.STOP, usage, new Timings(time, time), last.reasoning());
    }

    /** The log-probabilities of options, in as many rounds as it takes. */
    private static double[] shares(Round round, Request request, List<String> options, List<String> choices) {
        List<List<String>> groups = groups(options);
        List<double[]> inGroups = new ArrayList<>(); // (groups, options of the group)
        List<String> winners = new ArrayList<>();
        for (List<String> group : groups) {
            LetteredOptions lettered = lettered(group, choices);
            double[] shares = round.of(lettered.listedIn(request), lettered);
            inGroups.add(shares);
            winners.add(group.get(best(shares)));
        }
        if (groups.size() == 1) {
            return inGroups.get(0);
        }
        double[] finals = shares(round, request, winners, choices);
        double[] all = new double[options.size()];
        int at = 0;
        for (int group = 0; group < groups.size(); group++) {
            double[] shares = inGroups.get(group);
            for (double share : shares) {
                all[at++] = finals[group] + share - shares[best(shares)];
            }
        }
        return normalized(all);
    }

    /** Options in groups of at most as many as there are letters, in their order, evenly large. */
    static List<List<String>> groups(List<String> options) {
        int count = (options.size() + LetteredOptions.MOST - 1) / LetteredOptions.MOST;
        List<List<String>> groups = new ArrayList<>();
        for (int group = 0; group < count; group++) {
            groups.add(options.subList(options.size() * group / count, options.size() * (group + 1) / count));
        }
        return groups;
    }

    /** The index of the letter that an option has in its group. */
    private static int letter(List<String> options, int option) {
        int letter = option;
        for (List<String> group : groups(options)) {
            if (letter < group.size()) {
                break;
            }
            letter -= group.size();
        }
        return letter;
    }

    private static LetteredOptions lettered(List<String> group, List<String> choices) {
        Set<String> others = new HashSet<>(choices);
        group.forEach(others::remove);
        return new LetteredOptions(group, others);
    }

    /** The index of the highest; the first of equals. */
    private static int best(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    /** Log-probabilities of all, from those up to a constant. */
    private static double[] normalized(double[] logProbabilities) {
        double highest = logProbabilities[best(logProbabilities)];
        double sum = 0;
        for (double value : logProbabilities) {
            sum += Math.exp(value - highest);
        }
        double all = highest + Math.log(sum);
        return Arrays.stream(logProbabilities).map(value -> value - all).toArray();
    }
}
