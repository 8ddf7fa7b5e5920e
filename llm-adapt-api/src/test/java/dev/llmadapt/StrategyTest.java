package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The laws of {@link Strategy} for the simplest one, a prefix to the question, and for layers of it. */
final class StrategyTest extends StrategyContract {
    @Override
    protected Strategy strategy() {
        return prefix("kind: ");
    }

    @Test
    void then_twoLayers_theOuterSeesTheRequestFirst() {
        try (Model base = openBase();
                Model layers = prefix("a ").then(prefix("b ")).adapt(base, task(), Progress.NONE)) {
            assertThat(layers.prepare(Request.of("x")).last().content()).isEqualTo("a b x");
        }
    }

    @Test
    void then_outerFails_closesTheInner() {
        AtomicInteger released = new AtomicInteger();
        Strategy inner = of((model, task, progress) -> new ModelLayer(model) {
            @Override
            protected void release() {
                released.incrementAndGet();
            }
        });
        Strategy failing = of((model, task, progress) -> {
            throw new IllegalArgumentException("no examples");
        });
        try (Model base = openBase()) {
            assertThatThrownBy(() -> inner.then(failing).adapt(base, task(), Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(released).hasValue(1);

            Model layers = inner.then(inner).adapt(base, task(), Progress.NONE);
            layers.close();
            layers.close();
            assertThat(released).as("both layers, once each").hasValue(3);
        }
    }

    private static Strategy prefix(String text) {
        return of((model, task, progress) -> new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                return Request.of(Message.user(text + request.last().content()))
                        .withConstraint(request.constraint())
                        .withOptions(request.options());
            }
        });
    }

    private static Strategy of(Adaptation adaptation) {
        return new Strategy() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Model adapt(Model model, Task task, Progress progress) {
                return adaptation.adapt(model, task, progress);
            }
        };
    }

    private interface Adaptation {
        Model adapt(Model model, Task task, Progress progress);
    }
}
