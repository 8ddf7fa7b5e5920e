package dev.llmadapt.heads;

import dev.llmadapt.HiddenStates;
import dev.llmadapt.HiddenStates.Pooling;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The hidden states of a frozen language model, each the mean over the tokens of the text. What is read are some states
 * of all depths; which of them count, a single one or all together, cross-validation chooses.
 *
 * @param model the model, which stays the caller's
 * @param instruction what the model sees before each text; may be empty
 * @param chosen the places of the states that count, among {@link #depths}
 */
record StateFeatures(HiddenStates model, String instruction, List<Integer> chosen) implements Features<float[][]> {
    /** About so many depths are read. */
    private static final int DEPTHS = 11;

    /** Copies. */
    StateFeatures {
        chosen = List.copyOf(chosen);
    }

    /** Those of all depths together, from which cross-validation may choose one. */
    static StateFeatures of(HiddenStates model, String instruction) {
        int depths = depths(model.stateCount()).size();
        return new StateFeatures(
                model, instruction, IntStream.range(0, depths).boxed().toList());
    }

    /**
     * The features of a strategy's model.
     *
     * @throws IllegalArgumentException if it gives no hidden states, or is adapted from one that does
     */
    static HiddenStates model(Model model) {
        HiddenStates states = model.unwrap(HiddenStates.class)
                .orElseThrow(() -> new IllegalArgumentException("the head 'features' learns from the hidden states of a"
                        + " model, " + name(model) + " gives none; use a local model, or the heads 'words' and"
                        + " 'embeddings', which need no model"));
        Request probe = Request.of("a");
        if (!model.prepare(probe).equals(probe)) {
            throw new IllegalArgumentException("the head 'features' learns from the hidden states of "
                    + states.info().name() + " itself and would leave out the layers of " + name(model)
                    + "; give it the model without layers");
        }
        return states;
    }

    private static String name(Model model) {
        return model.info().name() + " (" + model.getClass().getSimpleName() + ")";
    }

    /** The states that are read, evenly spaced from the embedding to the last. */
    private static List<Integer> depths(int stateCount) {
        int count = Math.min(DEPTHS, stateCount);
        return IntStream.range(0, count)
                .map(i -> count == 1 ? 0 : Math.round((float) i * (stateCount - 1) / (count - 1)))
                .boxed()
                .toList();
    }

    /** The hidden states that count. */
    List<Integer> states() {
        List<Integer> depths = depths(model.stateCount());
        return chosen.stream().map(depths::get).toList();
    }

    @Override
    public String name() {
        return "features";
    }

    @Override
    public Loss loss() {
        return Loss.LOGISTIC;
    }

    @Override
    public List<StateFeatures> variants() {
        List<StateFeatures> variants = new ArrayList<>(List.of(this));
        if (chosen.size() > 1) {
            chosen.forEach(place -> variants.add(new StateFeatures(model, instruction, List.of(place))));
        }
        return variants;
    }

    @Override
    public List<float[][]> read(List<Request> requests) {
        List<Integer> depths = depths(model.stateCount());
        List<Request> asked = requests.stream().map(this::asked).toList();
        List<float[][]> readings = new ArrayList<>();
        for (float[][] states : model.hiddenStates(asked, Pooling.MEAN)) {
            readings.add(depths.stream().map(depth -> states[depth]).toArray(float[][]::new));
        }
        return readings;
    }

    private Request asked(Request request) {
        Message text = Message.user(Features.text(request));
        return instruction.isBlank() ? Request.of(text) : Request.of(Message.system(instruction), text);
    }

    @Override
    public Standardized project(List<float[][]> readings) {
        return Standardized.learn(chosen, readings, model.hiddenSize());
    }
}
