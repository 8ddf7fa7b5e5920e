package dev.llmadapt.heads;

import dev.llmadapt.Generation;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A model whose hidden states are noise, but for one, which counts the letters of the last message. */
final class LetterStates implements HiddenStates {
    static final int TELLING = 2;

    private final ToyModel model = new ToyModel();
    private final String name;
    private final List<Request> asked = new ArrayList<>();

    LetterStates() {
        this("letter-states");
    }

    LetterStates(String name) {
        this.name = name;
    }

    /** The requests whose states were read. */
    synchronized List<Request> asked() {
        return List.copyOf(asked);
    }

    @Override
    public int stateCount() {
        return 4;
    }

    @Override
    public int hiddenSize() {
        return 26;
    }

    @Override
    public synchronized List<float[][]> hiddenStates(List<Request> requests, Pooling pooling) {
        asked.addAll(requests);
        return requests.stream().map(this::states).toList();
    }

    private float[][] states(Request request) {
        String text = request.last().content();
        Random random = new Random(text.hashCode());
        float[][] states = new float[stateCount()][hiddenSize()];
        for (int state = 0; state < states.length; state++) {
            for (int k = 0; k < states[state].length; k++) {
                states[state][k] = 100 * (float) random.nextGaussian();
            }
        }
        states[TELLING] = new LetterEmbedder().embed(List.of(text)).get(0);
        return states;
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
        ModelInfo info = model.info();
        return new ModelInfo(
                name,
                info.architecture(),
                info.parameterCount(),
                info.contextLength(),
                info.vocabularySize(),
                info.precision());
    }

    @Override
    public void close() {
        model.close();
    }
}
