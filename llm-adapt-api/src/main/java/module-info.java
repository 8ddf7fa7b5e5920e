/** The small API that everything else implements or takes: models, strategies, tasks and their value types. */
@SuppressWarnings("module") // the modules that texts are exported to are built after this one
module dev.llmadapt {
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt;
    exports dev.llmadapt.text to
            dev.llmadapt.peft,
            dev.llmadapt.pilot,
            dev.llmadapt.prompting,
            dev.llmadapt.rag,
            dev.llmadapt.rag.opensearch;
}
