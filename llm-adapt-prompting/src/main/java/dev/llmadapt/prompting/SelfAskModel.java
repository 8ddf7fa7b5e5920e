package dev.llmadapt.prompting;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import java.util.ArrayList;
import java.util.List;

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
        List<Chain> chains = begin(requests, BEGINNING);
        for (int step = 0; step < steps; step++) {
            if (step > 0) {
                call(chains, SelfAskModel::more, (chain, text) -> {
                    if (!text.equals(QUESTION)) {
                        chain.end();
                    }
                });
            }
            call(chains, chain -> chain.goOn(QUESTION), Chain::ask);
            call(
                    chains,
                    chain -> alone(chain.request, last(chain)),
                    (chain, text) -> chain.add(QUESTION + " " + last(chain) + "\n" + ANSWER + " " + text + "\n"));
        }
        return chains.stream().map(chain -> chain.reasoning(FINALLY + "\n")).toList();
    }

    /** Whether there is more to ask, by the words with which the model goes on. */
    private static Request more(Chain chain) {
        Request asked = chain.goOn("").withConstraint(OutputConstraint.oneOf(List.of(QUESTION, FINALLY)));
        int most = Math.max(asked.options().maxTokens(), FINALLY.length()); // short lines cut off none of these words
        return asked.withOptions(asked.options().withMaxTokens(most));
    }

    /** A follow-up question in a request of its own. */
    private Request alone(Request request, String question) {
        List<Message> messages = new ArrayList<>(request.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .toList());
        messages.add(Message.user(question));
        return line(request.withMessages(messages));
    }

    private static String last(Chain chain) {
        return chain.questions().get(chain.questions().size() - 1);
    }
}
