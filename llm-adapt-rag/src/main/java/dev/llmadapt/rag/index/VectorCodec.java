package dev.llmadapt.rag.index;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Lucene's own format with the options' graph. Its name is Lucene's too, so that any Lucene opens the files: what
 * changes is only how new segments are written.
 */
final class VectorCodec {
    /** Lucene's own formats stop at 1,024 by default, some embedders do not. */
    static final int MAX_DIMENSIONS = 8192;

    private VectorCodec() {}

    static Lucene912Codec of(IndexOptions options) {
        KnnVectorsFormat format = new Wide(
                options.quantised()
                        ? new Lucene99HnswScalarQuantizedVectorsFormat(options.connections(), options.beamWidth())
                        : new Lucene99HnswVectorsFormat(options.connections(), options.beamWidth()));
        return new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
            }
        };
    }

    /** A format for more dimensions; one is made by hand and never looked up by name. */
    private static final class Wide extends KnnVectorsFormat {
        private final KnnVectorsFormat format;

        Wide(KnnVectorsFormat format) {
            super(format.getName());
            this.format = format;
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
}
