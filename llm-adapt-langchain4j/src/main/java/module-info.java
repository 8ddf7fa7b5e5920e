/** Models, embedders and retrievers of this library as those of LangChain4j, and the other way round. */
module dev.llmadapt.langchain4j {
    requires transitive dev.llmadapt;
    requires transitive langchain4j.core;
    requires dev.llmadapt.remote;
    requires com.google.gson;
    requires static dev.llmadapt.local;
    requires static dev.llmadapt.rag;
    requires static org.apache.lucene.core;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.langchain4j;
    exports dev.llmadapt.langchain4j.store;
}
