package dev.llmadapt.rag.evaluation;

import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.PassageIndex;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Questions to measure answers with.
 *
 * @param questions in their order, with different ids
 */
public record QuestionSet(List<Question> questions) {
    /** Copies and checks. */
    public QuestionSet {
        questions = List.copyOf(questions);
        Set<String> ids = new HashSet<>();
        for (Question question : questions) {
            if (!ids.add(question.id())) {
                throw new IllegalArgumentException("the id '" + question.id() + "' stands twice");
            }
        }
    }

    /**
     * A file of JSON Lines. Each line has {@code question} (or {@code text}, {@code query}) and may have {@code id} (or
     * {@code _id}; the line's number without), {@code answer} or {@code answers} (a text or a list), {@code articles}
     * (or {@code documents}, {@code passages}; a text or a list of the ids that hold the answer), and
     * {@code answerable} (without it, whether there is an answer or an article).
     *
     * @throws IndexException if the file cannot be read, with its line
     */
    public static QuestionSet read(Path file) {
        return QuestionFiles.read(file);
    }

    /** Those that the corpus answers. */
    public QuestionSet answerable() {
        return new QuestionSet(questions.stream().filter(Question::answerable).toList());
    }

    /** Those that it does not. */
    public QuestionSet unanswerable() {
        return new QuestionSet(
                questions.stream().filter(question -> !question.answerable()).toList());
    }

    /** Gains of 1 for the documents of each answerable question that names some, by question id. */
    public Map<String, Map<String, Integer>> judgements() {
        Map<String, Map<String, Integer>> judgements = new LinkedHashMap<>();
        for (Question question : questions) {
            if (question.answerable() && !question.documents().isEmpty()) {
                Map<String, Integer> gains = new LinkedHashMap<>();
                question.documents().forEach(document -> gains.put(document, 1));
                judgements.put(question.id(), gains);
            }
        }
        return judgements;
    }

    /**
     * These questions with the documents that they name as an index has them: by id, by the id of a row in its file, or
     * by the path where a document came from, or an end of it, where only one has it.
     */
    public Resolved resolvedIn(PassageIndex index) {
        return DocumentNames.of(index).resolve(this);
    }

    /** Whether a document is the one that a question names: by its id, or by the id of a row within its file. */
    static boolean names(String named, String document) {
        return document.equals(named) || document.endsWith("#" + named);
    }

    /**
     * Questions whose documents were looked up in an index.
     *
     * @param questions with the ids of the index; names that it does not have stay as they are
     * @param named how many documents the questions name
     * @param unknown those that the index does not have
     * @param examples some ids that it has
     */
    public record Resolved(QuestionSet questions, int named, List<String> unknown, List<String> examples) {
        /** Copies. */
        public Resolved {
            unknown = List.copyOf(unknown);
            examples = List.copyOf(examples);
        }

        /** What is unknown, and what ids look like. */
        public String message() {
            List<String> first = unknown.subList(0, Math.min(3, unknown.size()));
            return unknown.size() + " of " + named + " named documents are not in the index, such as "
                    + first.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", "))
                    + (examples.isEmpty()
                            ? "; the index is empty"
                            : "; ids look like "
                                    + examples.stream()
                                            .map(each -> "'" + each + "'")
                                            .collect(Collectors.joining(", ")));
        }
    }

    /**
     * A question.
     *
     * @param id in its set
     * @param text in the words of whoever asks
     * @param answerable whether the corpus answers it
     * @param answers right ones, may be empty
     * @param documents ids of those that hold the answer, may be empty
     */
    public record Question(String id, String text, boolean answerable, List<String> answers, List<String> documents) {
        /** Copies and checks. */
        public Question {
            if (text.isBlank()) {
                throw new IllegalArgumentException("question '" + id + "' has no words");
            }
            answers = List.copyOf(answers);
            documents = List.copyOf(documents);
        }

        /**
         * Whether a document, by its id, is one of those that hold the answer; a row also by its id within its file.
         */
        public boolean isAnsweredBy(String document) {
            return documents.stream().anyMatch(named -> names(named, document));
        }
    }
}
