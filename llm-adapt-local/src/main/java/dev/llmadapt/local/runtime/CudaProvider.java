package dev.llmadapt.local.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.llmadapt.InferenceException;
import java.util.LinkedHashMap;
import java.util.Map;

/** ONNX Runtime's CUDA execution provider: its settings, and the advice for when it cannot be loaded. */
final class CudaProvider {
    private CudaProvider() {}

    /** Returns the settings by ONNX Runtime's names. */
    static Map<String, String> settings(int index) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("device_id", Integer.toString(index));
        settings.put("arena_extend_strategy", "kSameAsRequested");
        settings.put("use_tf32", "0"); // products of 32-bit floats keep their 24 bits
        return settings;
    }

    /** Runs a task that loads the provider, and explains its failure. */
    static void explained(int index, Runnable load) {
        explained(index, OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA), load);
    }

    /** Runs a task that loads the provider of an ONNX Runtime that was built with CUDA or without. */
    static void explained(int index, boolean built, Runnable load) {
        String cannot = "CUDA GPU " + index + " cannot be used: ";
        if (!built) {
            throw new InferenceException(cannot
                    + "this ONNX Runtime was built without CUDA. Depend on the artifact onnxruntime_gpu instead of"
                    + " onnxruntime (docs/guides/cpu-only.md), on the command line set LLM_ADAPT_CPU=0; or open the"
                    + " model with Device.CPU");
        }
        try {
            load.run();
        } catch (InferenceException e) {
            throw new InferenceException(
                    cannot + e.getMessage()
                            + ". It needs CUDA's libraries cudart, cublas, cublasLt, curand and cuDNN of the version"
                            + " that ONNX Runtime was built for where the system's loader finds them (on Linux"
                            + " LD_LIBRARY_PATH); docs/guides/cuda.md lists them. Or open the model with Device.CPU",
                    e);
        }
    }
}
