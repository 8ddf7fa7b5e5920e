package dev.llmadapt.rag.index;

import dev.llmadapt.rag.index.Language.Stem;
import dev.llmadapt.text.SearchText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/** Lucene's analyzers of the {@link Language}s. */
final class Stemming {
    private Stemming() {}

    static Analyzer analyzer(Language language) {
        return switch (language) {
            case ENGLISH -> new EnglishAnalyzer();
            case GERMAN -> new GermanAnalyzer();
            case SPANISH -> new SpanishAnalyzer();
            case FRENCH -> new FrenchAnalyzer();
            case ANY -> new StandardAnalyzer();
        };
    }

    /** {@link Language#stems}. */
    static List<Stem> stems(Language language, String written) {
        String text = SearchText.of(written);
        List<Stem> stems = new ArrayList<>();
        try (Analyzer analyzer = analyzer(language);
                TokenStream stream = analyzer.tokenStream(LuceneFields.WORDS, text)) {
            CharTermAttribute stem = stream.addAttribute(CharTermAttribute.class);
            OffsetAttribute place = stream.addAttribute(OffsetAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                stems.add(new Stem(stem.toString(), text.substring(place.startOffset(), place.endOffset())));
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
        return stems;
    }
}
