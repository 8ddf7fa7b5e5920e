package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import java.util.ArrayList;
import java.util.List;

/** Tensors that are closed together. */
final class Scope implements AutoCloseable {
    private final List<OnnxTensor> owned = new ArrayList<>();

    OnnxTensor own(OnnxTensor tensor) {
        owned.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        owned.forEach(OnnxTensor::close);
        owned.clear();
    }
}
