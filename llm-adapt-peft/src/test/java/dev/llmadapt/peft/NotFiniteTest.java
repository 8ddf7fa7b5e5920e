package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.DataType;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.InferenceException;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.merge.Merging;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models and adapters that compute what is not finite: an error that says so, for the requests it concerns and no
 * others.
 */
class NotFiniteTest {
    private static final GenerationOptions GREEDY = GenerationOptions.defaults().withMaxTokens(12);
    private static final Request PLAIN = Request.of("where is my money").withOptions(GREEDY);

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void request_logitsNotFinite_isAnErrorThatSaysSo(float value) {
        try (LocalModel model = open(changed("lm_head.weight", 40, value))) {
            for (Request request : requests(PLAIN)) {
                assertNotFinite(() -> model.generate(request)).hasMessageContaining("weights");
            }
            assertNotFinite(() -> model.score(PLAIN, List.of(" a", " far longer continuation than a few tokens")))
                    .hasMessageContaining("weights");
        }
    }

    private static List<Request> requests(Request plain) {
        JsonSchema.ObjectOf schema = JsonSchema.object(Map.of("a", JsonSchema.text()));
        return List.of(
                plain,
                plain.withOptions(GREEDY.withTemperature(1).withSeed(1)),
                plain.withOptions(GREEDY.withTemperature(1).withTopK(5).withTopP(0.9)),
                plain.withConstraint(OutputConstraint.json(schema)),
                plain.withConstraint(OutputConstraint.oneOf(List.of("yes", "no"))));
    }

    /** The embedding of one token is not a number: whoever has it in the prompt fails, the others never notice. */
    @Test
    void generate_oneOfSeveralNotFinite_leavesTheOthersUnharmed() {
        String expected;
        Path folder;
        int poisoned;
        try (LocalModel model = open(Golden.folder("tiny-llama3"))) {
            expected = ids(model.generate(PLAIN));
            poisoned = model.textTokens("card")[0];
        }
        folder = changed("model.embed_tokens.weight", poisoned, Float.NaN);
        try (LocalModel model = open(folder)) {
            assertThat(model.promptTokens(PLAIN)).doesNotContain(poisoned);
            assertUnharmed(
                    model, expected, PLAIN.withMessages(Request.of("card").messages()));
        }
    }

    /** Rows that wait while others step are computed with some token, whatever its numbers are. */
    @Test
    void generate_tokenThatNobodyHasNotFinite_harmsNobody() {
        List<Request> requests = new ArrayList<>();
        for (int tokens : new int[] {2, 12, 5, 9}) {
            requests.add(PLAIN.withOptions(GREEDY.withMaxTokens(tokens)));
            requests.add(Request.of("card " + tokens).withOptions(GREEDY.withMaxTokens(14 - tokens)));
        }
        List<String> expected;
        try (LocalModel model = open(Golden.folder("tiny-llama3"))) {
            expected = model.generate(requests).stream().map(NotFiniteTest::ids).toList();
        }
        try (LocalModel model = open(changed("model.embed_tokens.weight", 0, Float.NaN))) {
            for (int i = 0; i < 3; i++) {
                assertThat(model.generate(requests))
                        .extracting(NotFiniteTest::ids)
                        .isEqualTo(expected);
            }
            for (int i = 0; i < requests.size(); i++) {
                assertThat(ids(model.generate(requests.get(i)))).isEqualTo(expected.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "exported/optimum", "exported/optimum/no-positions.onnx", "exported/genai"})
    void generate_adapterThatOverflows_isNamedAndLeavesTheOthersUnharmed(String name) {
        PeftAdapter adapter = PeftAdapter.read(Golden.folder("exported/adapter"));
        try (LocalModel model = open(Golden.folder(name))) {
            String expected = ids(model.generate(PLAIN));
            model.loadAdapter(scaled(adapter, 1e25f));
            model.loadAdapter(adapter.named("good"));
            String withGood = ids(model.generate(PLAIN.withAdapter("good")));
            Request bad = PLAIN.withAdapter("large");
            assertUnharmed(model, expected, bad);
            assertNotFinite(() -> model.score(bad, List.of(" a", " b"))).hasMessageContaining("large");
            assertNotFinite(() -> model.generate(List.of(PLAIN, bad, PLAIN)))
                    .hasMessageContaining("request 2 of 3")
                    .hasMessageContaining("large");
            assertThat(ids(model.generate(PLAIN.withAdapter("good")))).isEqualTo(withGood);
        }
    }

    @Test
    void loadAdapter_numbersTooLargeToAct_isRefused() {
        PeftAdapter adapter = PeftAdapter.read(Golden.folder("exported/adapter"));
        try (LocalModel model = open(Golden.folder("tiny-llama"))) {
            assertThatThrownBy(() -> model.loadAdapter(scaled(adapter, Float.NaN)))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("NaN");
            model.loadAdapter(adapter.named("good"));
            Request request = PLAIN.withAdapters(List.of(new AdapterUse("good", 1e300)));
            assertThatThrownBy(() -> model.generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1.0E300");
        }
    }

    /** One is answered while others fail in the same batch; and again in the rows that these leave. */
    private static void assertUnharmed(LocalModel model, String expected, Request bad) {
        List<Throwable> failures = new ArrayList<>();
        TokenListener failing = token -> {
            for (int i = 0; i < 3; i++) {
                AtomicReference<Throwable> failure = new AtomicReference<>();
                Thread other = new Thread(() -> {
                    try {
                        model.generate(bad);
                    } catch (RuntimeException e) {
                        failure.set(e);
                    }
                });
                other.start();
                joined(other);
                failures.add(failure.get());
            }
        };
        assertThat(ids(model.stream(PLAIN, failing))).isEqualTo(expected);
        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(InferenceException.class)
                        .hasMessageContaining("not finite"));
        for (int i = 0; i < 3; i++) {
            assertThat(ids(model.generate(PLAIN))).isEqualTo(expected);
        }
        assertThat(model.generate(List.of(PLAIN, PLAIN, PLAIN)))
                .extracting(NotFiniteTest::ids)
                .containsOnly(expected);
    }

    private static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AbstractThrowableAssert<?, ?> assertNotFinite(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(InferenceException.class).hasMessageContaining("not finite");
    }

    private static String ids(Generation generation) {
        return generation.tokens().stream().map(Token::id).toList().toString();
    }

    private static LocalModel open(Path folder) {
        return LocalModel.open(folder, ModelOptions.defaults().withThreads(1));
    }

    /** A copy of a checkpoint with other numbers in one row of one tensor. */
    private Path changed(String name, int row, float value) {
        Path folder = temporary.resolve("changed");
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"))) {
            WeightTensor tensor = base.tensor(name);
            float[] numbers = tensor.toFloats();
            int width = tensor.rowLength();
            for (int i = 0; i < width; i++) {
                numbers[row * width + i] = value;
            }
            Merging.writeLearned(
                    base,
                    Map.of(name, AdapterContract.tensor(tensor, i -> numbers[i])),
                    folder,
                    MergeOptions.defaults().withType(DataType.F32),
                    Progress.NONE);
        }
        return folder;
    }

    private static PeftAdapter scaled(PeftAdapter adapter, float factor) {
        StoredAdapter stored = adapter.stored();
        Map<String, WeightTensor> tensors = new LinkedHashMap<>(stored.tensors());
        tensors.replaceAll((key, tensor) -> {
            float[] numbers = tensor.toFloats();
            return AdapterContract.tensor(tensor, i -> numbers[i] * factor);
        });
        return new PeftAdapter("large", new StoredAdapter(stored.config(), stored.base(), tensors));
    }
}
