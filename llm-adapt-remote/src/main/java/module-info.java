/** Models behind an HTTP interface like OpenAI's: servers of vLLM, llama.cpp and Ollama, and hosted ones. */
module dev.llmadapt.remote {
    requires transitive dev.llmadapt;
    requires java.net.http;
    requires com.google.gson;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.remote;
}
