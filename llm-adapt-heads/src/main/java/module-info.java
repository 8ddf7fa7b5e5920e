/** Heads: classifiers that answer tasks of labels from the words, the embedding or the hidden states of a text. */
module dev.llmadapt.heads {
    requires transitive dev.llmadapt;
    requires com.google.gson;
    requires liblinear;
    requires static org.jspecify;

    exports dev.llmadapt.heads;
}
