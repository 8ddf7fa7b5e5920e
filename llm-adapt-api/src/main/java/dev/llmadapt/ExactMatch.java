package dev.llmadapt;

/** The metric of {@link Metric#exactMatch()}. */
record ExactMatch(String name) implements Metric {
    static final ExactMatch INSTANCE = new ExactMatch("accuracy");

    @Override
    public double score(String expected, String actual) {
        return expected.strip().equals(actual.strip()) ? 1 : 0;
    }
}
