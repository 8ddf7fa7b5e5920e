package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** A model that makes the calls of {@link LeastToMost}. */
final class LeastToMostModel extends StepByStepModel {
    private static final String BEGINNING = "To answer this, I first answer simpler questions.\nQuestions:\n";
    private static final String ANSWERS = "Answers:\n";
    private static final String FINALLY = "Therefore, the answer is:\n";
    private static final Pattern MARK = Pattern.compile("^(?:[-*\\u2022]|\\(?\\d+[.):])\\s*");

    private final int steps;

    LeastToMostModel(Model base, LeastToMost strategy) {
        super(base, strategy.name(), strategy.lineTokens());
        this.steps = strategy.steps();
    }

    @Override
    List<Reasoning> reason(List<Request> requests) {
        List<Chain> chains =
                requests.stream().map(request -> new Chain(request, BEGINNING)).toList();
        Map<Chain, List<String>> questions = new HashMap<>();
        chains.forEach(chain -> questions.put(chain, new ArrayList<>()));
        for (int step = 1; step <= steps; step++) {
            String number = step + ".";
            call(chains, chain -> chain.goOn(number), (chain, text) -> {
                String question = MARK.matcher(text).replaceFirst("");
                List<String> known = Objects.requireNonNull(questions.get(chain));
                if (question.isEmpty() || known.contains(question)) {
                    chain.end(); // there is nothing simpler to ask, or nothing new
                } else {
                    known.add(question);
                    chain.add(number + " " + question + "\n");
                }
            });
        }
        List<Chain> answering = new ArrayList<>();
        for (Chain chain : chains) {
            if (!Objects.requireNonNull(questions.get(chain)).isEmpty()) {
                chain.add(ANSWERS);
                chain.resume();
                answering.add(chain);
            }
        }
        for (int step = 0; step < steps; step++) {
            int at = step;
            List<Chain> left = answering.stream()
                    .filter(chain ->
                            at < Objects.requireNonNull(questions.get(chain)).size())
                    .toList();
            call(
                    left,
                    chain -> chain.goOn(asked(questions, chain, at)),
                    (chain, text) -> chain.add(asked(questions, chain, at) + " " + text + "\n"));
        }
        return chains.stream()
                .map(chain -> chain.reasoning(
                        !Objects.requireNonNull(questions.get(chain)).isEmpty(), FINALLY))
                .toList();
    }

    private static String asked(Map<Chain, List<String>> questions, Chain chain, int at) {
        return (at + 1) + ". " + Objects.requireNonNull(questions.get(chain)).get(at);
    }
}
