/**
 * Language models that run in this process.
 *
 * <p>Start at {@link dev.llmadapt.local.LocalModel}. {@code dev.llmadapt.local.source} finds checkpoints;
 * {@code dev.llmadapt.local.adapter} holds what an adapter does to a model, for those who bring adapters of their own.
 * The other packages are open to {@code dev.llmadapt.peft} alone, which trains on the same graphs and sessions.
 */
@SuppressWarnings("module") // the module that packages are exported to is built after this one
module dev.llmadapt.local {
    requires transitive dev.llmadapt;
    requires transitive dev.llmadapt.prompting; // formats of tool calls, in ModelOptions
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.google.gson;
    requires com.sun.jna;
    requires com.microsoft.onnxruntime;
    requires java.net.http;
    requires jdk.jfr;
    requires jdk.management;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.local;
    exports dev.llmadapt.local.adapter;
    exports dev.llmadapt.local.source;
    exports dev.llmadapt.local.architecture to
            dev.llmadapt.peft;
    exports dev.llmadapt.local.checkpoint to
            dev.llmadapt.peft;
    exports dev.llmadapt.local.graph to
            dev.llmadapt.peft;
    exports dev.llmadapt.local.memory to
            dev.llmadapt.peft;
    exports dev.llmadapt.local.runtime to
            dev.llmadapt.peft;
}
