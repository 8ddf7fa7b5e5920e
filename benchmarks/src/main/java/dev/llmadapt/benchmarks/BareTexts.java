package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.TokenListener;
import java.util.List;

/**
 * A model that reads the last message alone, without template and instruction: what the hidden states of bare texts are
 * worth beside those of texts after an instruction.
 *
 * @param model the model, which stays the caller's
 */
record BareTexts(HiddenStates model) implements HiddenStates {
    @Override
    public int stateCount() {
        return model.stateCount();
    }

    @Override
    public int hiddenSize() {
        return model.hiddenSize();
    }

    @Override
    public List<float[][]> hiddenStates(List<Request> requests, Pooling pooling) {
        return model.hiddenStates(
                requests.stream()
                        .map(request -> Request.of(request.last()).withRaw(true))
                        .toList(),
                pooling);
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        return model.stream(request, listener);
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        return model.score(prompt, continuations);
    }

    @Override
    public ModelInfo info() {
        return model.info();
    }

    @Override
    public void close() {}
}
