package dev.llmadapt.prompting;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A model that reasons by several short calls for each request, made for all requests of a batch together. */
abstract class StepByStepModel extends ReasoningModel {
    private final int tokens;

    /**
     * Makes a model.
     *
     * @param strategy its name in errors
     * @param tokens the most tokens of one line
     */
    StepByStepModel(Model base, String strategy, int tokens) {
        super(base, strategy);
        this.tokens = tokens;
    }

    /** The reasoning about one request while it grows. */
    final class Chain {
        final Request request;
        private final List<String> questions = new ArrayList<>();
        private final StringBuilder turn;
        private Reasoning calls = Reasoning.NONE;
        private boolean going = true;

        Chain(Request request, String beginning) {
            this.request = request;
            this.turn = new StringBuilder(beginning);
        }

        /** Whether there are further calls. */
        boolean going() {
            return going && !calls.interrupted();
        }

        /** Makes no further calls. */
        void end() {
            going = false;
        }

        /** Makes further calls again. */
        void resume() {
            going = true;
        }

        void add(String text) {
            turn.append(text);
        }

        /** The question with what there is of the turn, and more, to be gone on with for a line, greedily. */
        Request goOn(String more) {
            return line(request.plus(Message.assistant(turn + more)));
        }

        /** Takes a question; makes no further calls if there is none, or it was asked before. */
        void ask(String question) {
            if (question.isEmpty() || questions.contains(question)) {
                end();
            } else {
                questions.add(question);
            }
        }

        /** What was asked, in this order. */
        List<String> questions() {
            return questions;
        }

        /** What was reasoned: nothing where nothing was asked, else the turn up to the answer. */
        Reasoning reasoning(String answer) {
            return questions.isEmpty() ? calls : calls.with(turn + answer, turn.toString());
        }

        private String take(Generation call) {
            calls = calls.after(call);
            return call.text().strip();
        }
    }

    /** Begins to reason about requests. */
    final List<Chain> begin(List<Request> requests, String beginning) {
        return requests.stream().map(request -> new Chain(request, beginning)).toList();
    }

    /** A request for one line of text, whatever the options and the constraint of the answer. */
    final Request line(Request request) {
        return request.withConstraint(OutputConstraint.none())
                .withOptions(GenerationOptions.defaults().withMaxTokens(tokens).withStop("\n"));
    }

    /** A call for each of some chains. */
    @FunctionalInterface
    interface Asking {
        Request of(StepByStepModel.Chain chain);
    }

    /** Takes what a call wrote. */
    @FunctionalInterface
    interface Taking {
        void of(StepByStepModel.Chain chain, String text);
    }

    /** Makes a call for each chain that goes on, all together. */
    final void call(List<Chain> chains, Asking asking, Taking taking) {
        List<Chain> going = new ArrayList<>(chains);
        going.removeIf(Predicate.not(Chain::going));
        if (going.isEmpty()) {
            return;
        }
        List<Generation> answers =
                base().generate(going.stream().map(asking::of).toList());
        for (int i = 0; i < going.size(); i++) {
            String text = going.get(i).take(answers.get(i));
            if (going.get(i).going()) {
                taking.of(going.get(i), text);
            }
        }
    }
}
