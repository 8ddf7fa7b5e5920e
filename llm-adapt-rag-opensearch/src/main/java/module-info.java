/** The index of {@code dev.llmadapt.rag} on an OpenSearch cluster. */
module dev.llmadapt.rag.opensearch {
    requires transitive dev.llmadapt;
    requires transitive dev.llmadapt.rag;
    requires java.net.http;
    requires com.google.gson;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.rag.opensearch;
}
