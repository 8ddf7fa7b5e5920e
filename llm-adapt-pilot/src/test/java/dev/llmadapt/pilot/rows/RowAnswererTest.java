package dev.llmadapt.pilot.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.ToyModel;
import dev.llmadapt.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class RowAnswererTest {
    private boolean closed;

    /** A toy that does what texts say. */
    private final class Obedient extends ModelLayer {
        Obedient() {
            super(new ToyModel());
        }

        @Override
        protected Request apply(Request request) {
            switch (request.last().content()) {
                case "poison" -> throw new LlmAdaptException("it is poisoned");
                case "gone" -> throw new UnavailableException("nobody answers");
                case "lost" ->
                    throw new LlmAdaptException("nothing was found", new UnavailableException("nobody answers"));
                case "late" -> throw new CancellationException("the time is over");
                default -> {}
            }
            return request;
        }

        @Override
        protected void release() {
            closed = true;
        }
    }

    private RowAnswerer asking(Duration limit) {
        return new RowAnswerer(
                new Obedient(),
                text -> Request.of(text).withScheduling(Scheduling.NONE.withTimeLimit(limit)),
                answer -> answer.toUpperCase(Locale.ROOT));
    }

    @Test
    void answer_rowThatFails_leavesTheOthers() {
        try (RowAnswerer asking = asking(Duration.ZERO)) {
            Generation alone = asking.model().generate(Request.of("dog"));
            List<RowAnswer> answers = asking.answer(List.of("dog", "poison", "\t", "cat"));

            assertThat(answers.get(0))
                    .isEqualTo(new RowAnswer("dog", alone.text().toUpperCase(Locale.ROOT), null, null));
            assertThat(answers.get(1)).isEqualTo(RowAnswer.failed("poison", "it is poisoned"));
            assertThat(answers.get(2)).isEqualTo(RowAnswer.failed("\t", "the text is empty"));
            assertThat(answers.get(3).error()).isNull();
        }
        assertThat(closed).isTrue();
    }

    @Test
    void answer_modelThatIsGone_isNoRowsError() {
        try (RowAnswerer asking = asking(Duration.ZERO)) {
            assertThatThrownBy(() -> asking.answer(List.of("dog", "gone"))).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void answer_overItsTimeLimit_isTheRowsErrorAndAnInterruptIsNot() {
        try (RowAnswerer asking = asking(Duration.ofMillis(20))) {
            assertThat(asking.answer(List.of("late", "dog")))
                    .extracting(RowAnswer::error)
                    .containsExactly("there is no whole answer after 20 ms, the time limit", null);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> asking.answer(List.of("late"))).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        try (RowAnswerer asking = asking(Duration.ZERO)) {
            assertThatThrownBy(() -> asking.answer(List.of("late"))).isInstanceOf(CancellationException.class);
        }
    }
}
