package dev.llmadapt.rag.index;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.splitting.PassageMetadata;
import dev.llmadapt.text.SearchText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.util.BytesRef;

/** The fields of a passage in Lucene, and the queries for access lists and filters over them. */
final class LuceneFields {
    static final String ID = "id";
    static final String WORDS = "words";
    static final String VECTOR = "vector";
    private static final String TITLE = "title";
    private static final String TEXT = "text";
    private static final String READER = "reader";
    private static final String EVERYONE = "everyone";
    private static final String PARENT = "parent";
    private static final String METADATA = "m:"; // before the key, so that no key meets a field of ours
    private static final String YES = "y";
    private static final int MAX_TERM_BYTES = 32_000; // bytes; Lucene's own limit is 32,766

    private LuceneFields() {}

    /** Refuses a passage with values that Lucene cannot store as terms. */
    static void check(Passage passage) {
        if (passage.id().isEmpty()) {
            throw new IllegalArgumentException("a passage needs an id, got an empty one, title: " + passage.title());
        }
        checkTerm("the id", passage.id(), passage);
        passage.readers().forEach(reader -> checkTerm("a reader", reader, passage));
        passage.metadata().forEach((key, value) -> checkTerm("the metadata '" + cut(key) + "'", value, passage));
    }

    private static void checkTerm(String what, String value, Passage passage) {
        if (value.length() > MAX_TERM_BYTES / 3 && value.getBytes(StandardCharsets.UTF_8).length > MAX_TERM_BYTES) {
            throw new IllegalArgumentException(what + " of passage '" + cut(passage.id()) + "' has more than "
                    + MAX_TERM_BYTES + " bytes; shorten it or put it into the text");
        }
    }

    private static String cut(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    /**
     * Returns the words of a passage that are embedded: the title, which often names the subject that the text does not
     * repeat, and the text.
     */
    static String words(Passage passage) {
        return passage.title().isEmpty() ? passage.text() : passage.title() + "\n" + passage.text();
    }

    /** Returns the words of a passage in the form that searches compare. */
    static String searchText(Passage passage) {
        return SearchText.of(words(passage));
    }

    /** Whether a passage is a parent, which is found by id only. */
    static boolean isParent(Passage passage) {
        return "parent".equals(passage.metadata().get(PassageMetadata.ROLE));
    }

    /**
     * Returns a passage as a document of Lucene.
     *
     * @param vector the vector of length 1; empty if the passage is not found by vectors
     */
    static Document document(Passage passage, float[] vector) {
        Document document = new Document();
        document.add(new StringField(ID, passage.id(), Field.Store.YES));
        document.add(new StoredField(TITLE, passage.title()));
        document.add(new StoredField(TEXT, passage.text()));
        passage.metadata()
                .forEach((key, value) -> document.add(new StringField(METADATA + key, value, Field.Store.YES)));
        passage.readers().forEach(reader -> document.add(new StringField(READER, reader, Field.Store.YES)));
        if (passage.readers().isEmpty()) {
            document.add(new StringField(EVERYONE, YES, Field.Store.NO));
        }
        if (isParent(passage)) {
            document.add(new StringField(PARENT, YES, Field.Store.NO));
            return document;
        }
        document.add(new TextField(WORDS, searchText(passage), Field.Store.NO));
        if (vector.length > 0) {
            document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        }
        return document;
    }

    static Passage passage(Document document, double score) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Set<String> readers = new LinkedHashSet<>();
        for (IndexableField field : document) {
            if (field.name().startsWith(METADATA)) {
                metadata.put(field.name().substring(METADATA.length()), field.stringValue());
            } else if (field.name().equals(READER)) {
                readers.add(field.stringValue());
            }
        }
        return new Passage(
                stored(document, ID), stored(document, TITLE), stored(document, TEXT), score, metadata, readers);
    }

    private static String stored(Document document, String field) {
        return Objects.requireNonNull(document.get(field), () -> "a stored passage has no " + field);
    }

    static Term id(String id) {
        return new Term(ID, id);
    }

    /**
     * Returns the filter of a query: passages that its principals may read and its own filter accepts, without parents.
     */
    static Query admitted(dev.llmadapt.Query query) {
        return new BooleanQuery.Builder()
                .add(readable(query.principals()), Occur.FILTER)
                .add(filter(query.filter()), Occur.FILTER)
                .add(new TermQuery(new Term(PARENT, YES)), Occur.MUST_NOT)
                .build();
    }

    /** Returns the filter for the passages that some principals may read. */
    static Query readable(Set<String> principals) {
        return new BooleanQuery.Builder()
                .add(new TermQuery(new Term(EVERYONE, YES)), Occur.SHOULD)
                .add(terms(READER, principals), Occur.SHOULD)
                .build();
    }

    static Query filter(MetadataFilter filter) {
        if (filter instanceof MetadataFilter.OneOf oneOf) {
            return terms(METADATA + oneOf.field(), oneOf.values());
        }
        if (filter instanceof MetadataFilter.Between between) {
            return TermRangeQuery.newStringRange(METADATA + between.field(), between.from(), between.to(), true, true);
        }
        if (filter instanceof MetadataFilter.And and) {
            if (and.parts().isEmpty()) {
                return new MatchAllDocsQuery();
            }
            BooleanQuery.Builder all = new BooleanQuery.Builder();
            and.parts().forEach(part -> all.add(filter(part), Occur.FILTER));
            return all.build();
        }
        if (filter instanceof MetadataFilter.Or or) {
            if (or.parts().isEmpty()) {
                return new MatchNoDocsQuery();
            }
            BooleanQuery.Builder any = new BooleanQuery.Builder();
            or.parts().forEach(part -> any.add(filter(part), Occur.SHOULD));
            return any.build();
        }
        MetadataFilter.Not not = (MetadataFilter.Not) filter;
        return new BooleanQuery.Builder()
                .add(new MatchAllDocsQuery(), Occur.FILTER)
                .add(filter(not.part()), Occur.MUST_NOT)
                .build();
    }

    static Query terms(String field, Set<String> values) {
        return new TermInSetQuery(field, values.stream().map(BytesRef::new).toList());
    }
}
