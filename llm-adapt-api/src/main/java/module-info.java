/** The small API that everything else implements or takes: models, strategies, tasks and their value types. */
@SuppressWarnings("module") // the modules that packages are exported to are built after this one
module dev.llmadapt {
    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires org.slf4j;
    requires static ai.djl.api;
    requires static ai.djl.tokenizers;
    requires static com.google.gson;
    requires static com.microsoft.onnxruntime;
    requires static com.sun.jna;

    exports dev.llmadapt;
    exports dev.llmadapt.observation;
    exports dev.llmadapt.files to
            dev.llmadapt.cli,
            dev.llmadapt.distillation,
            dev.llmadapt.heads,
            dev.llmadapt.local,
            dev.llmadapt.peft,
            dev.llmadapt.pilot,
            dev.llmadapt.prompting,
            dev.llmadapt.rag,
            dev.llmadapt.rag.opensearch,
            dev.llmadapt.remote;
    exports dev.llmadapt.natives to
            dev.llmadapt.local,
            dev.llmadapt.rag;
    exports dev.llmadapt.text to
            dev.llmadapt.cli,
            dev.llmadapt.distillation,
            dev.llmadapt.heads,
            dev.llmadapt.langchain4j,
            dev.llmadapt.peft,
            dev.llmadapt.pilot,
            dev.llmadapt.prompting,
            dev.llmadapt.rag,
            dev.llmadapt.remote,
            dev.llmadapt.server,
            dev.llmadapt.spring.ai;
}
