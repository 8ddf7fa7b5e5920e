package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import java.util.Optional;

/**
 * A trained model in the place of the one it was trained from: the layers of the untrained model prepare each request,
 * and the trained one answers it.
 */
final class FullyTuned extends ModelLayer {
    private final Model untrained;
    private final Runnable afterClose;

    /**
     * Takes over a trained model.
     *
     * @param trained closed with this layer
     * @param afterClose runs when the trained model is closed
     */
    FullyTuned(Model untrained, LocalModel trained, Runnable afterClose) {
        super(trained);
        this.untrained = untrained;
        this.afterClose = afterClose;
    }

    @Override
    protected Request apply(Request request) {
        return untrained.prepare(request);
    }

    /** Finds the trained model before the untrained one, whose layers are found, too. */
    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return super.unwrap(kind).or(() -> untrained.unwrap(kind));
    }

    @Override
    protected void release() {
        try {
            base().close();
        } finally {
            afterClose.run();
        }
    }
}
