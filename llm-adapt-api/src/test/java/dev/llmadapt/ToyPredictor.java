package dev.llmadapt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A predictor of the next token in a conversation, as a mixture of three guesses:
 *
 * <pre>{@code p(c | written) = (1 - TAIL) * (COPY * copy(c) + (1 - COPY) * bigram(c)) + TAIL / vocabulary}</pre>
 *
 * <ul>
 *   <li>{@code copy}: goes on with an earlier assistant turn, weighed by the words its question shares with the last
 *       user message, or with a word of the system message, weighed by whether the last user message has it. Only texts
 *       that begin with the line being written take part; without any, the bigrams get all the weight.
 *   <li>{@code bigram}: character pairs counted over a fixed text and the conversation.
 *   <li>the tail: every token of the vocabulary alike, so that every text has a score.
 * </ul>
 */
final class ToyPredictor {
    private static final double COPY = 0.9;
    private static final double TAIL = 0.01;
    private static final int LINE_START = '\n';
    private static final List<String> TEXT = List.of(
            "the cat sat on the mat and looked at the rain.",
            "a good question is half of the answer.",
            "we went to the market to buy bread, milk and a bag of plums.",
            "in the end everything was said and little was done.",
            "some things are better left until tomorrow morning.");

    private final Map<Integer, SortedMap<Integer, Double>> bigrams = new HashMap<>();
    private final SortedMap<Integer, Double> characters = new TreeMap<>();
    private final Map<String, Double> candidates = new TreeMap<>();
    private final String begun;

    ToyPredictor(List<Message> messages) {
        // Sentences go on with another one more often than they end the text.
        TEXT.forEach(this::count);
        follow('.', ToyModel.END);
        for (int i = 1; i < TEXT.size(); i++) {
            follow('.', ' ');
        }
        messages.forEach(message -> message.content().lines().forEach(this::count));
        Message last = messages.get(messages.size() - 1);
        begun = last.role() == Role.ASSISTANT ? last.content() : "";
        collectCandidates(messages, words(lastUserContent(messages)));
    }

    /** The distribution of the token after the answer so far. */
    Distribution next(CharSequence written) {
        String text = begun + written;
        String line = text.substring(text.lastIndexOf('\n') + 1);
        SortedMap<Integer, Double> copy = new TreeMap<>();
        candidates.forEach((candidate, weight) -> {
            if (candidate.startsWith(line)) {
                int id = candidate.length() == line.length() ? ToyModel.END : candidate.codePointAt(line.length());
                copy.merge(id, weight, Double::sum);
            }
        });
        int previous = line.isEmpty() ? LINE_START : line.codePointBefore(line.length());
        SortedMap<Integer, Double> bigram = bigrams.getOrDefault(previous, characters);
        double share = copy.isEmpty() ? 0 : COPY;
        SortedMap<Integer, Double> mixture = new TreeMap<>();
        addScaled(mixture, copy, (1 - TAIL) * share);
        addScaled(mixture, bigram, (1 - TAIL) * (1 - share));
        return new Distribution(mixture);
    }

    /** The tokens that stand out and their probabilities, the tail not yet added. */
    record Distribution(SortedMap<Integer, Double> mixture) {
        /** The tokens worth sampling: all but the tail. */
        Set<Integer> support() {
            return mixture.keySet();
        }

        /** The natural-log probability of any token. */
        double logProbability(int id) {
            return Math.log(mixture.getOrDefault(id, 0.0) + TAIL / (ToyModel.END + 1));
        }

        /** The likeliest tokens; those of the tail are all alike, so that the lowest ids come first. */
        List<Token.Candidate> likeliest(int count) {
            return IntStream.concat(
                            mixture.keySet().stream().mapToInt(id -> id),
                            IntStream.range(0, ToyModel.END)
                                    .filter(id -> !mixture.containsKey(id))
                                    .limit(count))
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(id -> -logProbability(id))
                            .thenComparing(id -> id))
                    .limit(count)
                    .map(id -> new Token.Candidate(
                            id, id == ToyModel.END ? "" : Character.toString(id), logProbability(id)))
                    .toList();
        }
    }

    private void collectCandidates(List<Message> messages, Set<String> question) {
        for (int i = 0; i + 1 < messages.size(); i++) {
            Message message = messages.get(i);
            Message answer = messages.get(i + 1);
            if (message.role() == Role.SYSTEM) {
                for (String word : wordList(message.content())) {
                    candidates.merge(word, question.contains(word.toLowerCase(Locale.ROOT)) ? 1 : 0.01, Math::max);
                }
            } else if (message.role() == Role.USER && answer.role() == Role.ASSISTANT && i + 2 < messages.size()) {
                Set<String> shared = words(message.content());
                shared.retainAll(question);
                answer.content()
                        .lines()
                        .findFirst()
                        .filter(line -> !line.isEmpty())
                        .ifPresent(line -> candidates.merge(line, 0.1 + shared.size() * shared.size(), Double::sum));
            }
        }
    }

    private void count(String line) {
        int previous = LINE_START;
        for (int id : line.codePoints().toArray()) {
            follow(previous, id);
            previous = id;
        }
    }

    private void follow(int previous, int next) {
        bigrams.computeIfAbsent(previous, p -> new TreeMap<>()).merge(next, 1.0, Double::sum);
        characters.merge(next, 1.0, Double::sum);
    }

    private static void addScaled(
            SortedMap<Integer, Double> mixture, SortedMap<Integer, Double> weights, double share) {
        double sum = weights.values().stream().mapToDouble(weight -> weight).sum();
        if (share > 0) {
            weights.forEach((id, weight) -> mixture.merge(id, share * weight / sum, Double::sum));
        }
    }

    private static String lastUserContent(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.role() == Role.USER)
                .reduce((first, second) -> second)
                .map(Message::content)
                .orElse("");
    }

    private static Set<String> words(String text) {
        return new HashSet<>(wordList(text.toLowerCase(Locale.ROOT)));
    }

    private static List<String> wordList(String text) {
        return Arrays.stream(text.split("[^\\p{L}\\p{N}]+"))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
