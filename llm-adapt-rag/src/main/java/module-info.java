/** Retrieval: documents, splitting, embedding, indexing, hybrid search and reranking. */
module dev.llmadapt.rag {
    requires transitive dev.llmadapt;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.rag;
}
