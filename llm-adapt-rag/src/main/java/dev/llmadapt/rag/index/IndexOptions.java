package dev.llmadapt.rag.index;

/**
 * Options of an index: how it stores and scores passages.
 *
 * @param language the language, by which words are cut to stems; fixed when the index is created
 * @param quantised whether the graph of vectors is searched in 8-bit integers, which take a quarter of the memory;
 *     candidates are rescored with the exact vectors, which stay on disk
 * @param connections the number of neighbours of a vector in the graph: M of HNSW (Malkov and Yashunin 2016), in [2,
 *     512]
 * @param beamWidth the number of candidates when a vector is added: efConstruction of HNSW, in [1, 3200]
 * @param candidates the minimal number of candidates of a dense search: ef of HNSW, at least 1; more candidates find
 *     more and take longer
 * @param k1 the saturation of repeated words in BM25 (Robertson et al. 1994), at least 0
 * @param b the normalisation by length in BM25, in [0, 1]
 */
public record IndexOptions(
        Language language, boolean quantised, int connections, int beamWidth, int candidates, double k1, double b) {
    private static final IndexOptions DEFAULTS = new IndexOptions(Language.ENGLISH, false, 16, 100, 100, 1.2, 0.75);

    /** Validates the components. */
    public IndexOptions {
        require(connections >= 2 && connections <= 512, "connections must be in [2, 512], connections: " + connections);
        require(beamWidth >= 1 && beamWidth <= 3200, "beamWidth must be in [1, 3200], beamWidth: " + beamWidth);
        require(candidates >= 1, "candidates must be at least 1, candidates: " + candidates);
        require(k1 >= 0 && k1 < 1000, "k1 must be in [0, 1000), k1: " + k1);
        require(b >= 0 && b <= 1, "b must be in [0, 1], b: " + b);
    }

    /** The default options: English, exact vectors, M 16, efConstruction 100, 100 candidates, k1 1.2, b 0.75. */
    public static IndexOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another language. */
    public IndexOptions withLanguage(Language language) {
        return new IndexOptions(language, quantised, connections, beamWidth, candidates, k1, b);
    }

    /** These options with 8-bit or exact vectors. */
    public IndexOptions withQuantised(boolean quantised) {
        return new IndexOptions(language, quantised, connections, beamWidth, candidates, k1, b);
    }

    /** These options with another graph. */
    public IndexOptions withGraph(int connections, int beamWidth) {
        return new IndexOptions(language, quantised, connections, beamWidth, candidates, k1, b);
    }

    /** These options with another number of candidates. */
    public IndexOptions withCandidates(int candidates) {
        return new IndexOptions(language, quantised, connections, beamWidth, candidates, k1, b);
    }

    /** These options with other parameters of BM25. */
    public IndexOptions withBm25(double k1, double b) {
        return new IndexOptions(language, quantised, connections, beamWidth, candidates, k1, b);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
