package dev.llmadapt.prompting;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A model that makes the two calls of {@link ChainOfThought}. */
final class ThinkingModel extends ReasoningModel {
    private final ChainOfThought wording;
    private final GenerationOptions sampling;

    ThinkingModel(Model base, ChainOfThought wording) {
        this(base, wording, GenerationOptions.defaults());
    }

    /** A model whose thoughts are sampled with these options, except for their length. */
    ThinkingModel(Model base, ChainOfThought wording, GenerationOptions sampling) {
        super(base, "chain-of-thought");
        this.wording = wording;
        this.sampling = sampling;
    }

    @Override
    List<Reasoning> reason(List<Request> requests) {
        List<Generation> thoughts =
                base().generate(requests.stream().map(this::thinking).toList());
        return IntStream.range(0, requests.size())
                .mapToObj(row -> {
                    Request request = requests.get(row);
                    Generation thought = thoughts.get(row);
                    String turn = render(wording.trigger(), request)
                            + thought.text().stripTrailing()
                            + render(wording.answer(), request);
                    return Reasoning.NONE.after(thought).with(turn, thought.text());
                })
                .toList();
    }

    /** The first call: the question, and the beginning of the model's turn. */
    private Request thinking(Request question) {
        return question.plus(Message.assistant(render(wording.trigger(), question)))
                .withConstraint(OutputConstraint.none())
                .withOptions(sampling.withMaxTokens(wording.thoughtTokens()));
    }

    private static String render(PromptTemplate template, Request request) {
        return template.render(
                request.constraint() instanceof OutputConstraint.OneOf oneOf
                        ? Map.of("labels", String.join(", ", oneOf.choices()))
                        : Map.of());
    }
}
