package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The probes of stability and freshness: questions in other words, and facts that come later.
 *
 * @param paraphrases the same test input in other words, by the id of the test example
 * @param news facts to be learned after adapting, or empty
 */
public record RobustnessProbes(Map<String, List<String>> paraphrases, Optional<News> news) {
    private static final RobustnessProbes NONE = new RobustnessProbes(Map.of(), Optional.empty());

    /** Copies the paraphrases. */
    public RobustnessProbes {
        paraphrases = Map.copyOf(paraphrases);
    }

    /** No probes. */
    public static RobustnessProbes none() {
        return NONE;
    }

    /**
     * Reads the probes that lie beside a task's files: {@code paraphrases.jsonl} ({@code id}, {@code paraphrases}) and
     * {@code questions.jsonl} ({@code question}, {@code answer}, {@code articles}, {@code answerable}).
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
