package dev.llmadapt.langchain4j.store;

import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.filter.comparison.IsEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsIn;
import dev.langchain4j.store.embedding.filter.logical.And;
import dev.langchain4j.store.embedding.filter.logical.Or;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * A filter of LangChain4j as a query: the filter itself tests the metadata of each segment, so every filter means what
 * LangChain4j says, those of other libraries included. Equal texts are looked up first, so that few segments are left
 * to test.
 */
final class FilterQuery extends Query {
    private static final String TERMS = "terms";
    private static final int PREFIX = 200; // characters of a value that are looked up

    private final Filter filter;

    private FilterQuery(Filter filter) {
        this.filter = filter;
    }

    /** The segments that a filter passes. Embeddings without a segment have no metadata, and none passes them. */
    static Query of(Filter filter) {
        Query exact = new FilterQuery(filter);
        return lookedUp(filter)
                .<Query>map(terms -> new BooleanQuery.Builder()
                        .add(terms, Occur.FILTER)
                        .add(exact, Occur.FILTER)
                        .build())
                .orElse(exact);
    }

    /** Adds what is looked up of a segment's metadata. */
    static void addTerms(Document document, String name, Object value) {
        if (value instanceof String || value instanceof UUID) {
            document.add(new StringField(TERMS, term(name, value), Field.Store.NO));
        } else {
            document.add(new StringField(TERMS, untold(name), Field.Store.NO));
        }
    }

    /** What is looked up of a value that is no text: LangChain4j's filters refuse to compare it with one. */
    private static String untold(String name) {
        return name + "\u0001";
    }

    private static String term(String name, Object value) {
        String text = value.toString().toLowerCase(Locale.ROOT);
        String begin = text.substring(0, Math.min(PREFIX, text.length()));
        return name + "\u0000" + begin;
    }

    /** What finds at least the segments that a filter passes; empty if that is not known. */
    private static Optional<Query> lookedUp(Filter filter) {
        if (filter instanceof IsEqualTo equal) {
            return term(equal.key(), List.of(equal.comparisonValue()));
        } else if (filter instanceof IsIn in) {
            return term(in.key(), in.comparisonValues());
        } else if (filter instanceof And and) {
            List<Query> parts = new ArrayList<>();
            lookedUp(and.left()).ifPresent(parts::add);
            lookedUp(and.right()).ifPresent(parts::add);
            return parts.isEmpty() ? Optional.empty() : Optional.of(all(parts, Occur.FILTER));
        } else if (filter instanceof Or or) {
            Optional<Query> left = lookedUp(or.left());
            Optional<Query> right = lookedUp(or.right());
            return left.isEmpty() || right.isEmpty()
                    ? Optional.empty()
                    : Optional.of(all(List.of(left.get(), right.get()), Occur.SHOULD));
        }
        return Optional.empty();
    }

    private static Optional<Query> term(String name, Iterable<?> values) {
        List<Query> terms = new ArrayList<>(List.of(new TermQuery(new Term(TERMS, untold(name)))));
        for (Object value : values) {
            if (!(value instanceof String || value instanceof UUID)) {
                return Optional.empty();
            }
            terms.add(new TermQuery(new Term(TERMS, term(name, value))));
        }
        return terms.size() > IndexSearcher.getMaxClauseCount()
                ? Optional.empty()
                : Optional.of(all(terms, Occur.SHOULD));
    }

    private static Query all(List<Query> parts, Occur occur) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        parts.forEach(part -> all.add(part, occur));
        return all.build();
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
        return new ConstantScoreWeight(this, boost) {
            @Override
            public @Nullable Scorer scorer(LeafReaderContext context) throws IOException {
                BinaryDocValues segments = context.reader().getBinaryDocValues(LuceneEmbeddingStore.SEGMENT);
                if (segments == null) {
                    return null;
                }
                return new ConstantScoreScorer(this, score(), mode, new TwoPhaseIterator(segments) {
                    @Override
                    public boolean matches() throws IOException {
                        return filter.test(StoredSegment.metadata(segments.binaryValue()));
                    }

                    @Override
                    public float matchCost() {
                        return 1000; // simple operations to read the metadata
                    }
                });
            }

            @Override
            public boolean isCacheable(LeafReaderContext context) {
                return false; // filters of others may not be comparable
            }
        };
    }

    @Override
    public void visit(QueryVisitor visitor) {
        visitor.visitLeaf(this);
    }

    @Override
    public String toString(String field) {
        return filter.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FilterQuery query && query.filter.equals(filter);
    }

    @Override
    public int hashCode() {
        return filter.hashCode();
    }
}
