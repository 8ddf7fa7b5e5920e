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
 * A set of questions with known answers.
 *
 * @param questions the questions in their order, with different ids
 */
public record QuestionSet(List<Question> questions) {
    /** Validates the components and copies the collections. */
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
     * Reads a file of JSON Lines. Each line has {@code question} (or {@code text}, {@code query}) and may have
     * {@code id} (or {@code _id}; default: its number among the questions), {@code answer} or {@code answers} (a text
     * or a list), {@code articles} (or {@code documents}, {@code passages}; an id or a list of the ids of documents
     * with the answer), and {@code answerable} (default: whether it has an answer or an article).
     *
     * @throws IndexException if the file cannot be read, with its line
     */
    public static QuestionSet read(Path file) {
        return QuestionFiles.read(file);
    }

    /** Returns the questions that the corpus answers. */
    public QuestionSet answerable() {
        return new QuestionSet(questions.stream().filter(Question::answerable).toList());
    }

    /** Returns the questions that the corpus does not answer. */
    public QuestionSet unanswerable() {
        return new QuestionSet(
                questions.stream().filter(question -> !question.answerable()).toList());
    }

    /** Returns judgements, by question id: the gain 1 for each document that an answerable question names. */
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
     * Returns these questions with the ids that an index has for the documents they name. A name is an id, the id of a
     * row in its file, or the path of the document's origin or an end of it, if only one document has it.
     */
    public Resolved resolvedIn(PassageIndex index) {
        return DocumentNames.of(index).resolve(this);
    }

    /** Whether a name stands for a document: it is the id, or the id of a row within its file. */
    static boolean names(String named, String document) {
        return document.equals(named) || document.endsWith("#" + named);
    }

    /**
     * Questions with the documents that an index has.
     *
     * @param questions the questions with the ids of the index; unknown names stay unchanged
     * @param named the number of documents that the questions name
     * @param unknown the names that the index does not have
     * @param examples some ids of the index
     */
    public record Resolved(QuestionSet questions, int named, List<String> unknown, List<String> examples) {
        /** Copies the collections. */
        public Resolved {
            unknown = List.copyOf(unknown);
            examples = List.copyOf(examples);
        }

        /** Returns a message with the unknown names and examples of ids. */
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
     * A question with its known answers.
     *
     * @param id the id, unique in its set
     * @param text the question itself
     * @param answerable whether the corpus answers it
     * @param answers the right answers, may be empty
     * @param documents the ids of documents with the answer, may be empty
     */
    public record Question(String id, String text, boolean answerable, List<String> answers, List<String> documents) {
        /** Validates the components and copies the collections. */
        public Question {
            if (text.isBlank()) {
                throw new IllegalArgumentException("question '" + id + "' has no words");
            }
            answers = List.copyOf(answers);
            documents = List.copyOf(documents);
        }

        /**
         * Whether the document with an id is one of those with the answer; a row is named by its id within its file
         * too.
         */
        public boolean isAnsweredBy(String document) {
            return documents.stream().anyMatch(named -> names(named, document));
        }
    }
}
