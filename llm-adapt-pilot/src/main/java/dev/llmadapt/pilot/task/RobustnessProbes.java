package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The probes of stability, freshness and risks: questions in other words, facts that come later, messages that the task
 * is not about.
 *
 * @param paraphrases the same test input in other words, by the id of the test example
 * @param news facts to be learned after adapting, or empty
 * @param outOfScope messages of the user's own that no label fits; they are asked beside the general ones
 */
public record RobustnessProbes(Map<String, List<String>> paraphrases, Optional<News> news, List<String> outOfScope) {
    private static final RobustnessProbes NONE = new RobustnessProbes(Map.of(), Optional.empty());

    /** Copies paraphrases and messages. */
    public RobustnessProbes {
        paraphrases = Map.copyOf(paraphrases);
        outOfScope = List.copyOf(outOfScope);
    }

    /** Probes without messages out of scope. */
    public RobustnessProbes(Map<String, List<String>> paraphrases, Optional<News> news) {
        this(paraphrases, news, List.of());
    }

    /** No probes. */
    public static RobustnessProbes none() {
        return NONE;
    }

    /** These probes with messages of the user's own that no label fits, in place of those there are. */
    public RobustnessProbes withOutOfScope(List<String> outOfScope) {
        return new RobustnessProbes(paraphrases, news, outOfScope);
    }

    /**
     * Reads the probes that lie beside a task's files: {@code paraphrases.jsonl} ({@code id}, {@code paraphrases}),
     * {@code questions.jsonl} ({@code question}, {@code answer}, {@code articles}, {@code answerable}) and
     * {@code out-of-scope.jsonl} ({@code text}).
     *
     * @param folder the task's folder
     * @param task the task as it was read
     * @throws dev.llmadapt.LlmAdaptException if a file is broken
     */
    public static RobustnessProbes read(Path folder, Task task) {
        return ProbeFiles.read(folder, task);
    }

    /**
     * Facts that come after adapting.
     *
     * @param before a free-text task whose corpus does not have the facts yet
     * @param passages what the corpus then gets
     * @param questions what only those passages answer, with the right answers
     */
    public record News(Task before, List<Passage> passages, List<Example> questions) {
        /** Copies the lists; refuses empty ones. */
        public News {
            passages = List.copyOf(passages);
            questions = List.copyOf(questions);
            if (passages.isEmpty() || questions.isEmpty()) {
                throw new IllegalArgumentException("news needs passages and questions, passages: " + passages.size()
                        + ", questions: " + questions.size());
            }
        }
    }
}
