package dev.llmadapt.langchain4j.store;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/** Lucene's format of vectors for more dimensions than its default; any Lucene reads what it writes. */
final class WideVectors extends KnnVectorsFormat {
    /** The most dimensions of a vector; Lucene's default is 1,024, which hosted models exceed. */
    static final int MAX_DIMENSIONS = 8192;

    private final KnnVectorsFormat format;

    private WideVectors(KnnVectorsFormat format) {
        super(format.getName());
        this.format = format;
    }

    /** Lucene's codec under its own name, with this format for new segments. */
    static Lucene912Codec codec() {
        KnnVectorsFormat wide = new WideVectors(new Lucene99HnswVectorsFormat());
        return new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return wide;
            }
        };
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
        return MAX_DIMENSIONS;
    }
}
