/** The small API that everything else implements or takes: models, strategies, tasks and their value types. */
module dev.llmadapt {
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt;
}
