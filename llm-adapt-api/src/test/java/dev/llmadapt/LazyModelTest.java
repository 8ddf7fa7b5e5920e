package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LazyModelTest extends ModelContract {
    @Override
    protected Model open() {
        return new LazyModel(ToyModel::new);
    }

    @Test
    void close_neverAsked_opensNothing() {
        LazyModel model = new LazyModel(() -> {
            throw new AssertionError("nobody asked");
        });
        model.close();
        assertThatThrownBy(model::info).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void use_several_opensAndClosesOnce() {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        LazyModel model = new LazyModel(() -> {
            opened.incrementAndGet();
            return new ModelLayer(new ToyModel()) {
                @Override
                protected void release() {
                    closed.incrementAndGet();
                }
            };
        });
        assertThat(model.info().name()).isEqualTo("toy");
        assertThat(model.unwrap(ToyModel.class)).isPresent();
        assertThat(model.unwrap(LazyModel.class)).containsSame(model);
        model.close();
        model.close();
        assertThat(opened).hasValue(1);
        assertThat(closed).hasValue(1);
    }

    @Test
    void release_thenAsked_opensAgain() {
        AtomicInteger opened = new AtomicInteger();
        LazyModel model = new LazyModel(() -> {
            opened.incrementAndGet();
            return new ToyModel();
        });
        assertThat(model.isOpen()).isFalse();
        model.release();
        assertThat(model.info().name()).isEqualTo("toy");
        assertThat(model.isOpen()).isTrue();
        model.release();
        model.release();
        assertThat(model.isOpen()).isFalse();
        assertThat(model.info().name()).isEqualTo("toy");
        assertThat(opened).hasValue(2);
        model.close();
        model.release();
        assertThatThrownBy(model::info).isInstanceOf(IllegalStateException.class);
    }
}
