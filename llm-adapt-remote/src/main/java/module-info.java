/** Models behind an HTTP interface like OpenAI's: servers of vLLM, llama.cpp and Ollama, and hosted ones. */
@SuppressWarnings("module") // the modules that a package is exported to are built after this one
module dev.llmadapt.remote {
    requires transitive dev.llmadapt;
    requires java.net.http;
    requires com.google.gson;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.remote;
    exports dev.llmadapt.remote.bridge to
            dev.llmadapt.langchain4j,
            dev.llmadapt.spring.ai;
}
