package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.peft.TuningSearch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A candidate on a model of its own: it adapts that one, whichever it is given.
 *
 * @param inner the candidate
 * @param own its model
 */
record OnModel(Candidate inner, CandidateModel own) implements Candidate {
    @Override
    public String name() {
        return new CandidateName(inner.name(), own.name()).text();
    }

    @Override
    public String identity() {
        return inner.identity() + " @ " + own.name() + "#" + own.content();
    }

    @Override
    public Traits traits() {
        return inner.traits();
    }

    @Override
    public Optional<Model> ownModel() {
        return Optional.of(own.model());
    }

    @Override
    public Optional<String> unfit(long memoryBytes) {
        return own.unfit(memoryBytes);
    }

    @Override
    public void freeOthers() {
        if (own.model() instanceof PooledModel pooled) {
            pooled.closeOthers();
        }
    }

    @Override
    public Strategy keeping(Path folder) {
        return new Kept(name(), inner.keeping(folder), this);
    }

    @Override
    public Candidate withSeed(long seed) {
        return new OnModel(inner.withSeed(seed), own);
    }

    @Override
    public Candidate withUnlabelled(UnlabelledTexts texts) {
        return new OnModel(inner.withUnlabelled(texts), own);
    }

    @Override
    public List<Candidate> rewritten(Function<String, List<String>> change) {
        return inner.rewritten(change).stream()
                .<Candidate>map(other -> new OnModel(other, own))
                .toList();
    }

    @Override
    public Strategy searching(TuningSearch search, Consumer<TuningSearch.Result> found) {
        return new Kept(name(), inner.searching(search, found), this);
    }

    @Override
    public Model adapt(Model ignored, Task task, Progress progress) {
        return adapt(inner, task, progress);
    }

    private Model adapt(Strategy strategy, Task task, Progress progress) {
        if (!(own.model() instanceof PooledModel pooled) || !holds(inner.traits())) {
            return strategy.adapt(own.model(), task, progress);
        }
        pooled.hold();
        try {
            return new Holding(strategy.adapt(pooled, task, progress), pooled);
        } catch (RuntimeException | Error e) {
            pooled.letGo();
            throw e;
        }
    }

    /** Whether what it adapts may hold parts of the opened model, which must not be closed meanwhile. */
    private static boolean holds(Traits traits) {
        return traits.trains() || traits.needs().contains(Need.LOCAL_MODEL) || traits.family() == StrategyFamily.OTHER;
    }

    /** A strategy that keeps what it trains, or searches for settings, on the model of its candidate. */
    private record Kept(String name, Strategy strategy, OnModel candidate) implements Strategy {
        @Override
        public Model adapt(Model ignored, Task task, Progress progress) {
            return candidate.adapt(strategy, task, progress);
        }
    }

    /** An adapted model that keeps its base open. */
    private static final class Holding extends ModelLayer {
        private final Model adapted;
        private final PooledModel base;

        Holding(Model adapted, PooledModel base) {
            super(adapted);
            this.adapted = adapted;
            this.base = base;
        }

        @Override
        protected Request apply(Request request) {
            return request;
        }

        @Override
        protected void release() {
            try {
                adapted.close();
            } finally {
                base.letGo();
            }
        }
    }
}
