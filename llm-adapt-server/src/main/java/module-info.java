/** A server: OpenAI-compatible HTTP over models, their adapters and saved strategies. */
module dev.llmadapt.server {
    requires transitive dev.llmadapt;
    requires transitive dev.llmadapt.local;
    requires transitive dev.llmadapt.rag;
    requires dev.llmadapt.prompting;
    requires com.google.gson;
    requires jdk.httpserver;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.server;
    exports dev.llmadapt.server.catalog;
    exports dev.llmadapt.server.http;
}
