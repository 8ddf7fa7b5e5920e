/** Heads: classifiers that answer tasks of labels from the words or the embedding of a text. */
module dev.llmadapt.heads {
    requires transitive dev.llmadapt;
    requires com.google.gson;
    requires liblinear;
    requires static org.jspecify;

    exports dev.llmadapt.heads;
}
