package dev.llmadapt.rag.evaluation;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.index.IndexException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A test collection: passages, queries, and judgements of which passage is relevant to which query.
 *
 * @param passages the passages of the corpus
 * @param queries the queries by id, in their order
 * @param judgements the gains by passage id, by query id
 */
public record TestCollection(
        List<Passage> passages, Map<String, String> queries, Map<String, Map<String, Integer>> judgements) {
    /** Copies the collections and leaves out judgements of unknown queries. */
    public TestCollection {
        passages = List.copyOf(passages);
        queries = Collections.unmodifiableMap(new LinkedHashMap<>(queries));
        Map<String, Map<String, Integer>> kept = new LinkedHashMap<>();
        for (Map.Entry<String, Map<String, Integer>> entry : judgements.entrySet()) {
            if (queries.containsKey(entry.getKey())) {
                kept.put(entry.getKey(), Map.copyOf(entry.getValue()));
            }
        }
        judgements = Collections.unmodifiableMap(kept);
    }

    /**
     * Reads a folder in the form of BEIR (Thakur et al. 2021): {@code corpus.jsonl}, {@code queries.jsonl} and
     * {@code qrels/SPLIT.tsv}. Only queries with a judgement are kept, as in BEIR.
     *
     * @param split the split, such as {@code test}
     * @throws IndexException if a file cannot be read, with its line
     */
    public static TestCollection beir(Path folder, String split) {
        return CollectionFiles.beir(folder, split);
    }

    /**
     * Reads judgements from a file in TREC's form, {@code query iteration passage gain} separated by white space, or in
     * BEIR's, {@code query-id corpus-id score} separated by tabs under a header.
     *
     * @return the gains by passage id, by query id
     * @throws IndexException if the file cannot be read, with its line
     */
    public static Map<String, Map<String, Integer>> readJudgements(Path file) {
        return CollectionFiles.judgements(file);
    }
}
