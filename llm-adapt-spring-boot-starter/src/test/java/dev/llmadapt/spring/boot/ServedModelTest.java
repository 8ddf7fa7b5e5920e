package dev.llmadapt.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ServedModelTest {
    private final ToyModel toy = new ToyModel();

    @Test
    void stop_whileAnswering_waitsForTheAnswerAndRefusesOthers() throws Exception {
        ServedModel model = new ServedModel(toy, Map.of(), Set.of(), List.of(toy));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Generation> answer =
                CompletableFuture.supplyAsync(() -> model.stream(Request.of("Tell me about cats."), token -> {
                    begun.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        begun.await();
        CountDownLatch stopped = new CountDownLatch(1);
        model.stop(stopped::countDown);

        assertThat(model.running()).isEqualTo(1);
        assertThat(model.isRunning()).isFalse();
        assertThat(stopped.await(50, TimeUnit.MILLISECONDS)).isFalse();
        assertThatThrownBy(() -> model.generate(Request.of("?")))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("stopping");
        assertThatThrownBy(() -> model.generate(List.of(Request.of("?")))).isInstanceOf(OverloadedException.class);
        assertThatThrownBy(() -> model.score(Request.of("?"), List.of("a"))).isInstanceOf(OverloadedException.class);
        assertThat(model.refused()).isEqualTo(3);
        goOn.countDown();
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(answer.get().text()).isNotEmpty();
        model.start();
        assertThat(model.generate(Request.of("Tell me about cats.")).text())
                .isEqualTo(answer.get().text());
    }

    @Test
    void stop_idle_callsBackAtOnce() {
        CountDownLatch stopped = new CountDownLatch(1);
        new ServedModel(toy, Map.of(), Set.of(), List.of()).stop(stopped::countDown);
        assertThat(stopped.getCount()).isZero();
    }

    @Test
    void strategies_areChosenByName() {
        List<Request> asked = new ArrayList<>();
        Model noting = new dev.llmadapt.ModelLayer(toy) {
            @Override
            protected Request apply(Request request) {
                asked.add(request);
                return request;
            }
        };
        ServedModel model = new ServedModel(toy, Map.of("triage", noting), Set.of(), List.of());
        Request question = Request.of("Tell me about cats.");
        model.generate(question.withAdapter("triage"));
        model.generate(List.of(question, question.withAdapter("triage")));
        model.score(question.withAdapter("triage"), List.of("a"));

        assertThat(asked).hasSize(3).containsOnly(question);
    }

    @Test
    void close_closesAllInOrderAndSuppresses() {
        List<String> closed = new ArrayList<>();
        AutoCloseable one = () -> {
            closed.add("one");
            throw new java.io.IOException("one");
        };
        AutoCloseable two = () -> {
            closed.add("two");
            throw new IllegalStateException("two");
        };
        assertThatThrownBy(new ServedModel(toy, Map.of(), Set.of(), List.of(one, two))::close)
                .hasRootCauseMessage("one")
                .satisfies(failure -> assertThat(failure.getSuppressed()[0]).hasMessage("two"));
        assertThat(closed).containsExactly("one", "two");
    }
}
