/** Retrieval: documents, splitting, embedding, indexing, hybrid search and reranking. */
@SuppressWarnings("module") // the module that a package is exported to is built after this one
module dev.llmadapt.rag {
    requires transitive dev.llmadapt;
    requires java.net.http;
    requires transitive java.sql;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.google.gson;
    requires com.microsoft.onnxruntime;
    requires com.sun.jna;
    requires jdk.jfr;
    requires org.apache.lucene.analysis.common;
    requires org.apache.lucene.core;
    requires org.apache.pdfbox;
    requires org.apache.pdfbox.io;
    requires org.jsoup;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.rag;
    exports dev.llmadapt.rag.documents;
    exports dev.llmadapt.rag.embedding;
    exports dev.llmadapt.rag.evaluation;
    exports dev.llmadapt.rag.index;
    exports dev.llmadapt.rag.retrieval;
    exports dev.llmadapt.rag.splitting;
    exports dev.llmadapt.rag.factcheck;
    exports dev.llmadapt.rag.http to
            dev.llmadapt.rag.opensearch;
}
