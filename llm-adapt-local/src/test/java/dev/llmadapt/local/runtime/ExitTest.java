package dev.llmadapt.local.runtime;

import ai.onnxruntime.OrtEnvironment;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Request;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.natives.ExitContract;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Programs that end while a model answers, scores, opens or closes. */
final class ExitTest extends ExitContract {
    private static final Request REQUEST = Request.of("my card is gone")
            .withOptions(GenerationOptions.defaults().withTemperature(0).withMaxTokens(40));

    @Override
    protected Map<String, Supplier<Runnable>> work() {
        return Map.of(
                "generate",
                () -> generating(model()),
                "generate, ONNX Runtime started by the program",
                () -> {
                    OrtEnvironment.getEnvironment();
                    return generating(model());
                },
                "score",
                () -> {
                    LocalModel model = model();
                    return () -> model.score(REQUEST, List.of("red", "blue"));
                },
                "open and close",
                () -> () -> model().close(),
                "generate through the C interface",
                () -> {
                    Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
                    DecoderGraph graph = Architecture.of(base).graph(base, Precision.FP32, 128, AdapterInputs.NONE);
                    int[] prompt = IntStream.range(1, 60).toArray();
                    return () -> {
                        try (TextSession session = DecoderSession.open(graph, Execution.of(2), new HostMemory())) {
                            session.reserve(1, 128);
                            for (int i = 0; i < 20; i++) {
                                session.truncate(0, 0);
                                session.read(0, prompt, 0, prompt.length, 0);
                            }
                        }
                    };
                });
    }

    private static LocalModel model() {
        return LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(2));
    }

    private static Runnable generating(LocalModel model) {
        return () -> model.generate(REQUEST);
    }
}
