package dev.llmadapt.rag.evaluation;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The documents of an index by the names that questions use for them.
 *
 * @param sources the origins of the documents, by id
 */
record DocumentNames(Map<String, String> sources) {
    static DocumentNames of(PassageIndex index) {
        Map<String, String> sources = new TreeMap<>();
        index.forEach(
                MetadataFilter.all(),
                passage -> sources.put(
                        PassageMetadata.document(passage),
                        passage.metadata().getOrDefault(PassageMetadata.SOURCE, "")));
        return new DocumentNames(sources);
    }

    QuestionSet.Resolved resolve(QuestionSet set) {
        Set<String> named = new LinkedHashSet<>();
        Set<String> unknown = new LinkedHashSet<>();
        List<QuestionSet.Question> questions = new ArrayList<>();
        for (QuestionSet.Question each : set.questions()) {
            List<String> documents = new ArrayList<>();
            for (String name : each.documents()) {
                String id = resolve(name);
                named.add(name);
                if (id.isEmpty()) {
                    unknown.add(name);
                }
                documents.add(id.isEmpty() ? name : id);
            }
            questions.add(
                    new QuestionSet.Question(each.id(), each.text(), each.answerable(), each.answers(), documents));
        }
        return new QuestionSet.Resolved(
                new QuestionSet(questions),
                named.size(),
                List.copyOf(unknown),
                sources.keySet().stream().limit(2).toList());
    }

    /** Returns the id of the document that a name stands for; empty for none, or for more than one. */
    private String resolve(String name) {
        if (sources.containsKey(name) || sources.keySet().stream().anyMatch(id -> QuestionSet.names(name, id))) {
            return name;
        }
        String path = plain(name);
        List<String> found = sources.entrySet().stream()
                .filter(each -> isEnd(path, plain(each.getValue()))
                        || isEnd(plain(each.getValue()), path)
                        || isEnd(plain(each.getKey()), path)
                        || isEnd(path, plain(each.getKey())))
                .map(Map.Entry::getKey)
                .distinct()
                .toList();
        return found.size() == 1 ? found.get(0) : "";
    }

    private static String plain(String path) {
        return path.replace('\\', '/').replaceFirst("^(?:\\./)+", "").replaceFirst("^file:/+", "/");
    }

    private static boolean isEnd(String end, String path) {
        return !end.isEmpty() && (path.equals(end) || path.endsWith("/" + end));
    }
}
