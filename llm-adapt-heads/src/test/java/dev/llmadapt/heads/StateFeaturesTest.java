package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heads on the hidden states of a model that is not changed. */
class StateFeaturesTest {
    private static final List<String> TEXTS =
            ToyTask.test().stream().map(Example::input).toList();

    @TempDir
    Path folder;

    @Nested
    final class AsStrategy extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LinearHead.features();
        }

        @Override
        protected Model openBase() {
            return new LetterStates();
        }

        @Override
        protected boolean preparesAll() {
            return false;
        }

        @Override
        protected boolean asksTheBase() {
            return false;
        }
    }

    @Nested
    final class AsModel extends ModelContract {
        @Override
        protected Model open() {
            return head(new LetterStates());
        }

        @Override
        protected List<String> choices() {
            return List.of("animal", "plant", "tool");
        }

        @Override
        protected boolean writes() {
            return false;
        }
    }

    private static HeadModel head(Model model) {
        return LinearHead.features().adapt(model, ToyTask.task(), Progress.NONE);
    }

    @Test
    void adapt_oneStateThatTells_choosesItAndReadsTextsAfterTheInstruction() throws IOException {
        LetterStates model = new LetterStates();
        List<Example> examples = new ArrayList<>(ToyTask.task().examples());
        examples.addAll(ToyTask.test());
        try (HeadModel head =
                LinearHead.features().adapt(model, ToyTask.task().withExamples(examples), Progress.NONE)) {
            assertThat(model.asked())
                    .hasSize(21)
                    .contains(Request.of(
                            Message.system("Say what kind of thing it is."), Message.user("the dog barks at night")));
            head.save(folder);
            assertThat(JsonParser.parseString(Files.readString(folder.resolve("head.json")))
                            .getAsJsonObject()
                            .get("states")
                            .toString())
                    .isEqualTo("[" + LetterStates.TELLING + "]");
            assertThat(head.unwrap(LetterStates.class)).containsSame(model);
        }
    }

    @Test
    void load_savedHead_givesTheSameAnswers() {
        LetterStates model = new LetterStates();
        try (HeadModel head = head(model)) {
            head.save(folder);
            try (HeadModel loaded = HeadModel.load(folder, model)) {
                for (String text : TEXTS) {
                    assertThat(loaded.generate(Request.of(text)).decision())
                            .isEqualTo(head.generate(Request.of(text)).decision());
                }
            }
        }
    }

    @Test
    void load_withAnotherModelOrNone_isRefusedNamingBoth() {
        try (HeadModel head = head(new LetterStates())) {
            head.save(folder);
        }
        assertThatThrownBy(() -> HeadModel.load(folder, new LetterStates("other")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll("'letter-states'", "got the language model 'other'");
        assertThatThrownBy(() -> HeadModel.load(folder))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll("'letter-states'", "load it with that model");
        assertThatThrownBy(() -> HeadModel.load(folder, new LetterEmbedder()))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll("'letter-states'", "got the embedding model 'letters'");
    }

    @Test
    void load_headOnWordsWithAModel_isRefused() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            head.save(folder);
        }
        assertThatThrownBy(() -> HeadModel.load(folder, new LetterStates()))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("reads words; load it without the language model 'letter-states'");
    }

    @Test
    void adapt_modelWithoutHiddenStates_isRefusedByName() {
        try (Model model = new ToyModel()) {
            assertThatThrownBy(() -> head(model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(model.info().name(), "hidden states", "'words' and 'embeddings'");
        }
    }

    @Test
    void adapt_modelWithALayerThatChangesRequests_isRefused() {
        try (LetterStates model = new LetterStates();
                Model layer = new ModelLayer(model) {
                    @Override
                    protected Request apply(Request request) {
                        return request.withSystemParagraph("Be short.");
                    }
                }) {
            assertThatThrownBy(() -> head(layer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("give it the model without layers");
        }
        try (LetterStates model = new LetterStates();
                Model layer = new ModelLayer(model) {}) {
            head(layer).close();
        }
    }

    @Test
    void train_withoutAModel_isRefused() {
        assertThatThrownBy(() -> LinearHead.features().train(ToyTask.task(), Progress.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("adapt(model, task, progress)");
    }

    @Test
    void standardized_sumOfTwoStates_hasMeanZeroAndOneVarianceForAllThatVary() {
        Random random = new Random(3);
        int hidden = 4;
        List<float[][]> readings = random.ints(50)
                .mapToObj(i -> new float[][] {
                    {5, 1000 + 300 * (float) random.nextGaussian(), (float) random.nextGaussian(), 7},
                    {0, (float) random.nextGaussian(), 9, 0}
                })
                .toList();
        Standardized projection = Standardized.learn(List.of(0, 1), readings, hidden);
        for (int k = 0; k < hidden; k++) {
            int number = k;
            double[] values = readings.stream()
                    .mapToDouble(reading -> projection.row(reading).values()[number])
                    .toArray();
            double mean = Arrays.stream(values).average().orElseThrow();
            double variance = Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(0, within(1e-6));
            boolean varies = k == 1 || k == 2;
            assertThat(variance).as("number %d", k).isCloseTo(varies ? 10.0 / hidden : 0, within(1e-6));
        }
    }
}
