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
 * The codec of Lucene with the graph of some options. It keeps Lucene's name, so that any Lucene opens the files: it
 * changes only how new segments are written.
 */
final class VectorCodec {
    /** The maximal dimension; Lucene's default is 1,024, which some embedders exceed. */
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

    /** A format for more dimensions; it is passed as an object and never looked up by name. */
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
