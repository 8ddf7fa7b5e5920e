package dev.llmadapt.rag.index;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.text.SearchText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.jspecify.annotations.Nullable;

/** Searches in one state of an index. */
final class LuceneSearch {
    /** The maximal number of words of a query; Lucene refuses queries with more than 1,024 clauses. */
    private static final int MAX_WORDS = 512;

    private final IndexSearcher searcher;

    LuceneSearch(IndexSearcher searcher) {
        this.searcher = searcher;
    }

    List<Passage> lexical(Query query, Analyzer analyzer) throws IOException {
        Optional<org.apache.lucene.search.Query> words = words(query, analyzer);
        if (words.isEmpty()) {
            return List.of();
        }
        TopDocs found = searcher.search(words.get(), within(query.limit()));
        return passages(found.scoreDocs);
    }

    /**
     * Finds the passages whose vectors have the largest cosine with the query's.
     *
     * @param vector the query's vector, of length 1
     * @param candidates the minimal number of candidates from the graph
     */
    List<Passage> dense(Query query, float[] vector, int candidates) throws IOException {
        int count = within(Math.max(query.limit(), candidates));
        TopDocs found = searcher.search(
                new KnnFloatVectorQuery(LuceneFields.VECTOR, vector, count, LuceneFields.admitted(query)), count);
        // Exact scores: the graph's are of 8 bits where the index is quantised
        ScoreDoc[] exact = found.scoreDocs;
        Map<Integer, float[]> vectors = vectors(exact);
        for (ScoreDoc each : exact) {
            float[] other = Objects.requireNonNull(vectors.get(each.doc));
            each.score = (float) Vectors.dot(vector, other);
        }
        Arrays.sort(
                exact, Comparator.<ScoreDoc>comparingDouble(each -> -each.score).thenComparingInt(each -> each.doc));
        return passages(Arrays.copyOf(exact, Math.min(query.limit(), exact.length)));
    }

    Optional<ScoreExplanation> explainLexical(Query query, String id, Analyzer analyzer) throws IOException {
        Optional<org.apache.lucene.search.Query> words = words(query, analyzer);
        ScoreDoc doc = admitted(query, id);
        if (words.isEmpty() || doc == null) {
            return Optional.empty();
        }
        org.apache.lucene.search.Explanation explanation = searcher.explain(words.get(), doc.doc);
        return explanation.isMatch() ? Optional.of(explanation(explanation)) : Optional.empty();
    }

    Optional<ScoreExplanation> explainDense(Query query, String id, float[] vector, String embedder)
            throws IOException {
        ScoreDoc doc = admitted(query, id);
        if (doc == null) {
            return Optional.empty();
        }
        float[] other = vectors(new ScoreDoc[] {doc}).get(doc.doc);
        return other == null
                ? Optional.empty()
                : Optional.of(new ScoreExplanation(
                        Vectors.dot(vector, other), "cosine of the query's and the passage's vectors, by " + embedder));
    }

    List<Passage> find(Collection<String> ids, Set<String> principals) throws IOException {
        Set<String> wanted = new LinkedHashSet<>(ids);
        Map<String, Passage> found = new HashMap<>();
        for (Passage passage : passages(byId(wanted, LuceneFields.readable(principals)))) {
            found.put(passage.id(), passage.withScore(0));
        }
        return wanted.stream()
                .filter(found::containsKey)
                .map(id -> Objects.requireNonNull(found.get(id)))
                .toList();
    }

    Map<String, float[]> vectorsOf(Collection<String> ids) throws IOException {
        ScoreDoc[] docs = byId(new LinkedHashSet<>(ids), new MatchAllDocsQuery());
        Map<Integer, float[]> vectors = vectors(docs);
        Map<String, float[]> found = new HashMap<>();
        StoredFields stored = searcher.storedFields();
        for (ScoreDoc each : docs) {
            float[] vector = vectors.get(each.doc);
            if (vector != null) {
                found.put(
                        Objects.requireNonNull(stored.document(each.doc, Set.of(LuceneFields.ID))
                                .get(LuceneFields.ID)),
                        vector);
            }
        }
        return found;
    }

    /** Returns the query for some words, each once, among the passages that it may find; empty without words. */
    private static Optional<org.apache.lucene.search.Query> words(Query query, Analyzer analyzer) throws IOException {
        Map<String, Integer> words = new LinkedHashMap<>();
        try (TokenStream stream = analyzer.tokenStream(LuceneFields.WORDS, SearchText.of(query.text()))) {
            CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken() && words.size() < MAX_WORDS) {
                words.merge(word.toString(), 1, Integer::sum);
            }
            stream.end();
        }
        if (words.isEmpty()) {
            return Optional.empty();
        }
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        words.forEach((word, count) -> {
            TermQuery term = new TermQuery(new Term(LuceneFields.WORDS, word));
            any.add(count == 1 ? term : new BoostQuery(term, count), Occur.SHOULD);
        });
        return Optional.of(new BooleanQuery.Builder()
                .add(any.build(), Occur.MUST)
                .add(LuceneFields.admitted(query), Occur.FILTER)
                .build());
    }

    private ScoreDoc[] byId(Set<String> ids, org.apache.lucene.search.Query filter) throws IOException {
        org.apache.lucene.search.Query query = new BooleanQuery.Builder()
                .add(LuceneFields.terms(LuceneFields.ID, ids), Occur.FILTER)
                .add(filter, Occur.FILTER)
                .build();
        return searcher.search(query, Math.max(1, ids.size())).scoreDocs;
    }

    private @Nullable ScoreDoc admitted(Query query, String id) throws IOException {
        ScoreDoc[] docs = byId(Set.of(id), LuceneFields.admitted(query));
        return docs.length == 0 ? null : docs[0];
    }

    /** Limits the number of results to the size of the index, since Lucene allocates memory for that number. */
    private int within(int limit) {
        return Math.max(1, Math.min(limit, searcher.getIndexReader().maxDoc()));
    }

    private List<Passage> passages(ScoreDoc[] docs) throws IOException {
        StoredFields stored = searcher.storedFields();
        List<Passage> passages = new ArrayList<>(docs.length);
        for (ScoreDoc each : docs) {
            Document document = stored.document(each.doc);
            passages.add(LuceneFields.passage(document, each.score));
        }
        return passages;
    }

    /** Returns the exact vectors by document; documents without a vector are left out. */
    private Map<Integer, float[]> vectors(ScoreDoc[] docs) throws IOException {
        int[] sorted = Arrays.stream(docs).mapToInt(each -> each.doc).sorted().toArray();
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        Map<Integer, float[]> vectors = new HashMap<>();
        int leaf = -1;
        FloatVectorValues values = null;
        for (int doc : sorted) {
            int its = ReaderUtil.subIndex(doc, leaves);
            if (its != leaf) {
                leaf = its;
                values = leaves.get(leaf).reader().getFloatVectorValues(LuceneFields.VECTOR);
            }
            int local = doc - leaves.get(leaf).docBase;
            if (values != null
                    && (values.docID() == local || (values.docID() < local && values.advance(local) == local))) {
                vectors.put(doc, values.vectorValue().clone());
            }
        }
        return vectors;
    }

    private static ScoreExplanation explanation(org.apache.lucene.search.Explanation explanation) {
        return new ScoreExplanation(
                explanation.getValue().doubleValue(),
                explanation.getDescription(),
                Arrays.stream(explanation.getDetails())
                        .map(LuceneSearch::explanation)
                        .toList());
    }
}
