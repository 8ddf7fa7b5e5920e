package dev.llmadapt.pilot.junit;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that fails a test class when the quality or the latency of a saved strategy regressed beyond its
 * interval: before the tests of the class run, the held-out examples are answered again.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final StrategyGuard GUARD = StrategyGuard.of(Path.of("strategy"), () -> LocalModel.open(checkpoint, options))
 *         .withLatencyFactor(2);
 * }</pre>
 */
public final class StrategyGuard implements BeforeAllCallback {
    private final Path folder;
    private final Supplier<? extends Model> model;
    private final double latencyFactor;

    private StrategyGuard(Path folder, Supplier<? extends Model> model, double latencyFactor) {
        this.folder = folder;
        this.model = model;
        this.latencyFactor = latencyFactor;
    }

    /**
     * A guard of a saved strategy.
     *
     * @param folder what {@link SavedStrategy#save} wrote
     * @param model opens the base model, if the strategy answers with one; it is closed after the check
     */
    public static StrategyGuard of(Path folder, Supplier<? extends Model> model) {
        return new StrategyGuard(folder, model, 1);
    }

    /** Returns this guard with a factor for machines slower than the one that measured; at least 1. */
    public StrategyGuard withLatencyFactor(double factor) {
        if (!(factor >= 1)) {
            throw new IllegalArgumentException("factor must be at least 1, factor: " + factor);
        }
        return new StrategyGuard(folder, model, factor);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        check();
    }

    /**
     * Answers the held-out examples again and compares.
     *
     * @throws AssertionError if quality or latency regressed
     */
    public ServeCheck check() {
        SavedStrategy saved = SavedStrategy.load(folder);
        try (Model base = new LazyModel(model)) {
            ServeCheck check = ServeCheck.replay(saved, base, Progress.NONE);
            List<String> worse = check.regressions(latencyFactor);
            if (!worse.isEmpty()) {
                throw new AssertionError(
                        "the strategy '" + saved.text() + "' in " + folder + " regressed: " + String.join("; ", worse));
            }
            return check;
        }
    }
}
