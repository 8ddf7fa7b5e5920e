package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
import java.util.List;
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
        List<Chain> chains = begin(requests, BEGINNING);
        for (int step = 1; step <= steps; step++) {
            String number = step + ".";
            call(chains, chain -> chain.goOn(number), (chain, text) -> {
                chain.ask(MARK.matcher(text).replaceFirst(""));
                if (chain.going()) {
                    chain.add(last(chain) + "\n");
                }
            });
        }
        for (Chain chain : chains) {
            chain.add(ANSWERS);
            chain.resume();
        }
        for (int step = 0; step < steps; step++) {
            int at = step;
            List<Chain> left = chains.stream()
                    .filter(chain -> at < chain.questions().size())
                    .toList();
            call(
                    left,
                    chain -> chain.goOn(numbered(chain, at)),
                    (chain, text) -> chain.add(numbered(chain, at) + " " + text + "\n"));
        }
        return chains.stream().map(chain -> chain.reasoning(FINALLY)).toList();
    }

    private static String last(Chain chain) {
        return numbered(chain, chain.questions().size() - 1);
    }

    private static String numbered(Chain chain, int at) {
        return (at + 1) + ". " + chain.questions().get(at);
    }
}
