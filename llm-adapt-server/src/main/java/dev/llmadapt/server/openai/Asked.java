package dev.llmadapt.server.openai;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.LocalModel;
import java.util.List;

/** What one answer is asked for. */
sealed interface Asked {
    /** Answers. */
    Generation stream(TokenListener listener);

    /** The number of tokens of the prompt and of the context that it must fit into; empty if they are not known. */
    List<Integer> lengths();

    /** The parameter of the route that has the prompt. */
    String param();

    /**
     * A request to a model.
     *
     * @param param the parameter that has the prompt
     */
    record Conversation(Model model, Request request, String param) implements Asked {
        @Override
        public Generation stream(TokenListener listener) {
            return model.stream(request, listener);
        }

        @Override
        public List<Integer> lengths() {
            return model.unwrap(LocalModel.class)
                    .map(local -> List.of(
                            local.promptTokens(model.prepare(request)).length,
                            local.info().contextLength()))
                    .orElse(List.of());
        }
    }

    /**
     * Token ids that a model goes on after.
     *
     * @param ids not changed afterwards
     * @param request raw, without a text of its own
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Tokens(LocalModel model, int[] ids, Request request) implements Asked {
        @Override
        public Generation stream(TokenListener listener) {
            return model.complete(ids, request, listener);
        }

        @Override
        public List<Integer> lengths() {
            return List.of(ids.length, model.info().contextLength());
        }

        @Override
        public String param() {
            return "prompt";
        }
    }
}
