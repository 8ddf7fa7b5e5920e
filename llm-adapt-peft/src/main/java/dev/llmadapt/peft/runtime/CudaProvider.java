package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.InferenceException;
import java.util.LinkedHashMap;
import java.util.Map;

/** ONNX Runtime's part that computes on CUDA cards: its settings, and what it means when it cannot be loaded. */
final class CudaProvider {
    private CudaProvider() {}

    /** Settings, by ONNX Runtime's names. */
    static Map<String, String> settings(int index) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("device_id", Integer.toString(index));
        settings.put("arena_extend_strategy", "kSameAsRequested");
        settings.put("use_tf32", "0"); // products of 32-bit floats keep their 24 bits
        return settings;
    }

    /** Does what loads the provider; a failure says what to do about it. */
    static void explained(int index, Runnable load) {
        try {
            load.run();
        } catch (InferenceException e) {
            throw new InferenceException(
                    "CUDA card " + index + " cannot be used: " + e.getMessage()
                            + ". It needs the artifact onnxruntime_gpu, and CUDA's libraries cudart, cublas, cublasLt,"
                            + " curand and cuDNN of the version it was built for where the system's loader finds them"
                            + " (on Linux LD_LIBRARY_PATH); docs/guides/cuda.md lists them. Or open the model with"
                            + " Device.CPU",
                    e);
        }
    }
}
