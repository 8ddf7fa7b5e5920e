package dev.llmadapt.local.decoding;

import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.prompting.template.Thinking;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The thought that an answer may begin with.
 *
 * @param markers its markers; empty if the answer has none
 * @param opened whether it has begun in the prompt
 * @param stripped whether white space between it and the answer is of neither
 * @param shown special tokens that count as text, by their ids
 */
record Thought(Optional<Thinking> markers, boolean opened, boolean stripped, Map<Integer, String> shown) {
    static final Thought NONE = new Thought(Optional.empty(), false, true, Map.of());

    /** The thought of an answer without a constraint. */
    static Thought of(PromptEncoder.Prompt prompt, TextTokenizer tokenizer) {
        return prompt.thinking()
                .map(each -> new Thought(
                        Optional.of(each), prompt.opened(), true, tokenizer.special(List.of(each.begin(), each.end()))))
                .orElse(NONE);
    }

    /**
     * The thought before an answer under a constraint: none, unless the template has begun it, the request asks for it,
     * or the constraint begins with free text anyway. So an answer that must be JSON is JSON at once, as long as nobody
     * asks for a thought. White space after it is the answer's where the constraint may tell texts apart by it.
     */
    Thought before(OutputConstraint constraint, Request request) {
        boolean free = constraint instanceof OutputConstraint.Triggered triggered && !triggered.required();
        if (!opened && !free && !Thinking.isAsked(request.templateArguments())) {
            return new Thought(Optional.empty(), false, true, shown);
        }
        boolean exact = constraint instanceof OutputConstraint.Regex || constraint instanceof OutputConstraint.Grammar;
        return new Thought(markers, opened, !exact, shown);
    }

    Thought showing(Map<Integer, String> more) {
        return new Thought(markers, opened, stripped, Map.copyOf(more));
    }

    Optional<ThoughtSplit> split() {
        return markers.map(each -> new ThoughtSplit(each.begin(), each.end(), opened, stripped));
    }
}
