package dev.llmadapt.heads;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.ModelInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a stored head on hidden states says of its features, in {@code head.json} and among its numbers. */
final class StoredStates {
    private static final String MODEL = "model";
    private static final String CHOSEN = "states";
    private static final String INSTRUCTION = "instruction";

    private StoredStates() {}

    static void describe(JsonObject json, StateFeatures features) {
        JsonObject model = new JsonObject();
        ModelInfo info = features.model().info();
        model.addProperty("name", info.name());
        model.addProperty("architecture", info.architecture());
        model.addProperty("parameters", info.parameterCount());
        model.addProperty("states", features.model().stateCount());
        model.addProperty("hidden_size", features.model().hiddenSize());
        json.add(MODEL, model);
        JsonArray states = new JsonArray();
        features.states().forEach(states::add);
        json.add(CHOSEN, states);
        json.addProperty(INSTRUCTION, features.instruction());
    }

    /** The features of a stored head, with the model that is given. */
    static StateFeatures features(Path folder, HeadJson json, HeadReader.Given given) {
        HeadJson learned = json.object(MODEL);
        String name = learned.text("name");
        String what = "the head in " + folder + " was learned from hidden states of the language model '" + name + "' ("
                + learned.text("architecture") + ", " + learned.whole("parameters", 0, Long.MAX_VALUE)
                + " parameters)";
        HiddenStates model = given.model();
        if (model == null) {
            throw new LlmAdaptException(what + (given.equals(HeadReader.Given.NOTHING) ? "" : ", got " + given.name())
                    + "; load it with that model");
        }
        ModelInfo info = model.info();
        if (!info.name().equals(name)
                || !info.architecture().equals(learned.text("architecture"))
                || info.parameterCount() != learned.whole("parameters", 0, Long.MAX_VALUE)
                || model.stateCount() != learned.whole("states", 0, Integer.MAX_VALUE)
                || model.hiddenSize() != learned.whole("hidden_size", 0, Integer.MAX_VALUE)) {
            throw new LlmAdaptException(what + ", got " + given.name() + " (" + info.architecture() + ", "
                    + info.parameterCount() + " parameters)");
        }
        StateFeatures all = StateFeatures.of(model, json.text(INSTRUCTION));
        List<Double> states = json.numbers(CHOSEN);
        return all.variants().stream()
                .filter(variant -> variant.states().stream()
                        .map(Integer::doubleValue)
                        .toList()
                        .equals(states))
                .findFirst()
                .orElseThrow(() -> json.broken(CHOSEN, "one of " + all.states() + " or all of them"));
    }

    /** The numbers of a projection: factors state by state, then offsets. */
    static double[] numbers(Standardized projection) {
        int hidden = projection.dimension();
        int states = projection.factors().length;
        double[] numbers = new double[(states + 1) * hidden];
        for (int i = 0; i < states; i++) {
            System.arraycopy(projection.factors()[i], 0, numbers, i * hidden, hidden);
        }
        System.arraycopy(projection.offset(), 0, numbers, states * hidden, hidden);
        return numbers;
    }

    /** The projection of such numbers. */
    static Standardized projection(StateFeatures features, double[] numbers) {
        int hidden = features.model().hiddenSize();
        int states = features.chosen().size();
        double[][] factors = new double[states][];
        for (int i = 0; i < states; i++) {
            factors[i] = Arrays.copyOfRange(numbers, i * hidden, (i + 1) * hidden);
        }
        return new Standardized(
                features.chosen(), factors, Arrays.copyOfRange(numbers, states * hidden, (states + 1) * hidden));
    }
}
