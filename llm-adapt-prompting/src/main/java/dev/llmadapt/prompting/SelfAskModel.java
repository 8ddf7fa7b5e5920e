package dev.llmadapt.prompting;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A model that makes the calls of {@link SelfAsk}. */
final class SelfAskModel extends StepByStepModel {
    private static final String BEGINNING = "Are follow up questions needed here: Yes.\n";
    private static final String QUESTION = "Follow up:";
    private static final String ANSWER = "Intermediate answer:";
    private static final String FINALLY = "So the final answer is:";

    private final int steps;

    SelfAskModel(Model base, SelfAsk strategy) {
        super(base, strategy.name(), strategy.lineTokens());
        this.steps = strategy.steps();
    }

    @Override
    List<Reasoning> reason(List<Request> requests) {
        List<Chain> chains =
                requests.stream().map(request -> new Chain(request, BEGINNING)).toList();
        Map<Chain, List<String>> questions = new HashMap<>();
        chains.forEach(chain -> questions.put(chain, new ArrayList<>()));
        for (int step = 0; step < steps; step++) {
            if (step > 0) {
                call(chains, SelfAskModel::more, (chain, text) -> {
                    if (!text.equals(QUESTION)) {
                        chain.end();
                    }
                });
            }
            call(chains, chain -> chain.goOn(QUESTION), (chain, text) -> {
                List<String> known = Objects.requireNonNull(questions.get(chain));
                if (text.isEmpty() || known.contains(text)) {
                    chain.end(); // it has nothing to ask, or nothing new
                } else {
                    known.add(text);
                }
            });
            call(
                    chains,
                    chain -> alone(chain.question, last(questions, chain)),
                    (chain, text) ->
                            chain.add(QUESTION + " " + last(questions, chain) + "\n" + ANSWER + " " + text + "\n"));
        }
        return chains.stream()
                .map(chain -> chain.reasoning(
                        !Objects.requireNonNull(questions.get(chain)).isEmpty(), FINALLY + "\n"))
                .toList();
    }

    /** Whether there is more to ask, by the words with which the model goes on. */
    private static Request more(Chain chain) {
        return chain.goOn("").withConstraint(OutputConstraint.oneOf(List.of(QUESTION, FINALLY)));
    }

    /** A follow-up question in a request of its own. */
    private Request alone(Request request, String question) {
        List<Message> messages = new ArrayList<>(request.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .toList());
        messages.add(Message.user(question));
        return line(request.withMessages(messages));
    }

    private static String last(Map<Chain, List<String>> questions, Chain chain) {
        List<String> asked = Objects.requireNonNull(questions.get(chain));
        return asked.get(asked.size() - 1);
    }
}
