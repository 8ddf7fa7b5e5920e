package dev.llmadapt.benchmarks.peers;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import java.nio.file.Path;
import java.util.Arrays;

/** The engine of llama.cpp's server inside the process, with one of its slots for each sequence. */
final class KherudEngine implements Engine {
    private static final int CONTEXT = 512; // of each slot

    private final LlamaModel model;

    KherudEngine(Path gguf, int sequences) {
        model = new LlamaModel(new ModelParameters()
                .setModel(gguf.toString())
                .setThreads(THREADS)
                .setThreadsBatch(THREADS)
                .setCtxSize(CONTEXT * sequences)
                .setParallel(sequences)
                .setGpuLayers(0)
                .disableLog());
    }

    @Override
    public int[] encode(String text) {
        return model.encode(text);
    }

    @Override
    public void read(String prompt) {
        answer(new String[] {prompt}, 1);
    }

    @Override
    public void answer(String[] prompts, int tokens) {
        LlamaIterator[] answers = Arrays.stream(prompts)
                .map(prompt -> model.generate(parameters(prompt, tokens)).iterator())
                .toArray(LlamaIterator[]::new);
        for (LlamaIterator answer : answers) { // all are computed together; tokens that are not read yet wait
            while (answer.hasNext()) {
                answer.next();
            }
        }
    }

    private static InferenceParameters parameters(String prompt, int tokens) {
        return new InferenceParameters(prompt)
                .setNPredict(tokens)
                .setTemperature(0)
                .setRepeatPenalty(1)
                .setIgnoreEos(true)
                .setCachePrompt(true);
    }

    @Override
    public void close() {
        model.close();
    }
}
