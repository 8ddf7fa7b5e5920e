package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.AnswerException;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are records, from models with random weights, which would write anything. */
class RecordAnswerTest {
    enum Kind {
        LOST,
        STOLEN
    }

    record Numbers(byte small, short shorter, int whole, long longer, float single, double twice, BigDecimal exact) {}

    record Moments(LocalDate date, LocalTime time, OffsetDateTime moment, UUID id) {}

    record Tree(Kind kind, boolean leaf, Optional<Tree> left, List<Tree> others) {}

    record Counts(Map<String, Integer> counts, Optional<Kind> kind) {}

    record Report(Kind kind, Optional<Long> amount, boolean urgent) {}

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-ascii"})
    void generate_record_isReadWhateverTheModelPrefers(String checkpoint) {
        try (LocalModel model = LocalModel.open(Golden.folder(checkpoint), ModelOptions.defaults())) {
            int read = 0;
            for (Class<? extends Record> type :
                    List.of(Numbers.class, Moments.class, Tree.class, Counts.class, Report.class)) {
                for (long seed = 0; seed < 8; seed++) {
                    Generation answer =
                            model.generate(request(seed).withConstraint(OutputConstraint.json(JsonSchema.of(type))));
                    try {
                        assertThat(answer.as(type)).as(answer.text()).isInstanceOf(type);
                        read++;
                    } catch (AnswerException e) {
                        String allowed = answer.finishReason() == FinishReason.LENGTH
                                ? "it was cut off after " + answer.tokens().size() + " tokens"
                                : "within the range of"; // such as 1e999
                        assertThat(e).as(answer.text()).hasMessageContaining(allowed);
                    }
                }
            }
            assertThat(read).as("answers that ended within 400 tokens").isGreaterThan(20);
            assertThat(model.generate(request(1), Moments.class).id()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-ascii"})
    void generate_requestOfATaskOfRecords_isRead(String checkpoint) {
        Task task = Task.extracting(Report.class, "reports", "Say what happened.", List.of());
        try (LocalModel model = LocalModel.open(Golden.folder(checkpoint), ModelOptions.defaults())) {
            Report report = model.generate(task.request("my card is gone"), Report.class);
            assertThat(report.kind()).isNotNull();
        }
    }

    private static Request request(long seed) {
        return Request.of("where is my card?")
                .withOptions(GenerationOptions.defaults()
                        .withMaxTokens(400)
                        .withTemperature(seed == 0 ? 0 : 1.5)
                        .withSeed(seed));
    }
}
