/** Local models: checkpoints to ONNX graphs, decoding, adapters and training on ONNX Runtime. */
@SuppressWarnings("module") // the pilot is compiled after this module
module dev.llmadapt.peft {
    requires transitive dev.llmadapt;
    requires dev.llmadapt.prompting;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.google.gson;
    requires com.sun.jna;
    requires com.microsoft.onnxruntime;
    requires java.net.http;
    requires jdk.management;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.peft;
    exports dev.llmadapt.peft.data to
            dev.llmadapt.pilot;
}
