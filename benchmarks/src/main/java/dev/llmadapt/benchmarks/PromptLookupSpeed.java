package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Greedy answers with and without prompt lookup: to prompts whose answers repeat them or are under a schema, and to one
 * whose answer does not. The models are open one after the other, and their answers are compared. Takes a source of a
 * model and a precision.
 */
public final class PromptLookupSpeed {
    private static final int ROUNDS = 5;
    private static final String LETTER = "Dear Sir or Madam, my name is Hannah Whitcombe, and I ordered a blue kettle"
            + " (order number 48-20931) on 14 March 2026 from your shop in Newcastle upon Tyne. It arrived on 19 March"
            + " with a crack in its lid. Please send a new one to 12 Harbour Terrace, Whitley Bay, NE26 1AB, or pay the"
            + " price of 34.99 pounds back to my account. Yours faithfully, Hannah Whitcombe";

    private PromptLookupSpeed() {}

    /** Prints the time of a token of each answer. */
    public static void main(String[] arguments) {
        Path checkpoint = ModelSource.parse(arguments[0]).fetch(Progress.NONE);
        ModelOptions options =
                ModelOptions.defaults().withThreads(Sessions.THREADS).withPrecision(Precision.valueOf(arguments[1]));
        Map<String, Request> requests = requests();
        Map<String, String> texts = new LinkedHashMap<>();
        for (boolean lookup : new boolean[] {false, true}) {
            try (LocalModel model = LocalModel.open(checkpoint, options.withPromptLookup(lookup))) {
                requests.forEach((name, request) -> {
                    double[] times = new double[ROUNDS];
                    Generation answer = model.generate(request);
                    for (int round = 0; round < ROUNDS; round++) {
                        answer = model.generate(request);
                        long decoding = answer.timings().total().toNanos()
                                - answer.timings().toFirstToken().toNanos();
                        times[round] =
                                decoding / 1e6 / Math.max(1, answer.tokens().size() - 1);
                    }
                    Arrays.sort(times);
                    String before = texts.putIfAbsent(name, answer.text());
                    System.out.printf(
                            "%s, %s: %d tokens, %.2f ms a token (%.2f to %.2f)%s%n",
                            name,
                            lookup ? "with lookup" : "without",
                            answer.tokens().size(),
                            times[ROUNDS / 2],
                            times[0],
                            times[ROUNDS - 1],
                            before == null ? "" : before.equals(answer.text()) ? ", same text" : ", ANOTHER TEXT");
                });
            }
        }
    }

    private static Map<String, Request> requests() {
        Map<String, Request> requests = new LinkedHashMap<>();
        requests.put(
                "correct a letter", greedy("Repeat this letter word for word, but write 'red' for 'blue':\n" + LETTER));
        requests.put(
                "extract as JSON",
                greedy("Give name, order_number, product, dates, address and price in this letter as JSON, each as it"
                        + " is written there:\n" + LETTER));
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        for (String property : List.of("customer_name", "order_number", "product_description", "delivery_address")) {
            properties.put(property, new JsonSchema.Text(60));
        }
        requests.put(
                "extract under a schema",
                greedy("Extract the order from this letter:\n" + LETTER)
                        .withConstraint(OutputConstraint.json(JsonSchema.object(properties))));
        requests.put("tell a story", greedy("Tell a short story about a lighthouse keeper and a storm."));
        return requests;
    }

    private static Request greedy(String text) {
        return Request.of(Message.user(text))
                .withOptions(GenerationOptions.defaults().withTemperature(0).withMaxTokens(120));
    }
}
