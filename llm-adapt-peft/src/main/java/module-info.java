/** Local models: checkpoints to ONNX graphs, decoding, adapters and training on ONNX Runtime. */
module dev.llmadapt.peft {
    requires transitive dev.llmadapt;
    requires dev.llmadapt.prompting;
    requires com.google.gson;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.llmadapt.peft;
}
