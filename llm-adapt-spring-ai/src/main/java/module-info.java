/** Models, embedders and retrievers of this library as those of Spring AI, and the other way round. */
module dev.llmadapt.spring.ai {
    requires transitive dev.llmadapt;
    requires transitive spring.ai.model;
    requires transitive spring.ai.commons;
    requires transitive reactor.core;
    requires transitive micrometer.observation;
    requires org.reactivestreams;
    requires dev.llmadapt.remote;
    requires com.google.gson;
    requires static dev.llmadapt.rag;
    requires static spring.ai.vector.store;
    requires static spring.ai.rag;
    requires static org.jspecify;

    exports dev.llmadapt.spring.ai;
}
