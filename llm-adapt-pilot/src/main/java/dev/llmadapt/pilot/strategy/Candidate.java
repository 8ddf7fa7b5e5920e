package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Strategy;
import dev.llmadapt.peft.TuningSearch;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A strategy of which a pilot knows more than how to adapt with it. */
public interface Candidate extends Strategy {
    /** The traits that are known before it is measured. */
    Traits traits();

    /** This strategy, keeping what it trains in a folder; where that is there already, it trains nothing. */
    Strategy keeping(Path folder);

    /** This strategy with another seed, or itself where none is known. */
    Candidate withSeed(long seed);

    /**
     * Tells this candidate from others in a journal: its name, and whatever of what it uses may change under the same
     * name.
     */
    default String identity() {
        return name();
    }

    /**
     * The model that it adapts in place of the one it is given, such as in a comparison of models; empty where it
     * adapts the one that it is given. It belongs to whoever made the candidate: the pilot does not close it.
     */
    default Optional<Model> ownModel() {
        return Optional.empty();
    }

    /**
     * The reason why its own model cannot be used, which is told without opening it; empty if it can. To be asked
     * before anything is asked of {@link #ownModel()}.
     *
     * @param memoryBytes what the serving process may hold, 0 for no limit
     */
    default Optional<String> unfit(long memoryBytes) {
        return Optional.empty();
    }

    /**
     * Closes the models that other candidates brought along, where it can, so that the memory of this one is measured.
     */
    default void freeOthers() {}

    /** This strategy with texts for its teacher to answer, or itself where it has no teacher. */
    default Candidate withUnlabelled(UnlabelledTexts texts) {
        return this;
    }

    /**
     * Other strategies on the same model and with the same seed.
     *
     * @param change makes of this strategy, in the words of {@link StrategyCatalog}, the others
     * @return the others; none where this one is not written in such words
     */
    default List<Candidate> rewritten(Function<String, List<String>> change) {
        return List.of();
    }

    /**
     * This strategy, searching for settings of what it trains in place of training it: what it adapts is of no use.
     *
     * @param found hears of the result when it adapts
     */
    default Strategy searching(TuningSearch search, Consumer<TuningSearch.Result> found) {
        throw new UnsupportedOperationException("'" + name() + "' has no settings to search");
    }

    /** Any strategy as a candidate. */
    static Candidate of(Strategy strategy) {
        return strategy instanceof Candidate candidate ? candidate : new PlainCandidate(strategy);
    }

    /** The effort that training takes. */
    enum Training {
        /** Nothing is trained. */
        NONE,
        /** Seconds for all examples, as a classifier's. */
        QUICK,
        /** Minutes to hours, as of a language model's weights: it has its turn when the others are measured. */
        LONG
    }

    /** The use of a language model. */
    enum ModelUse {
        /** It neither learns nor answers with one. */
        NONE,
        /** It learns with one, as from a teacher, and answers without. */
        ADAPTING,
        /** It answers with one. */
        ANSWERING
    }

    /** The needs of a strategy: what it cannot do without. */
    enum Need {
        /** Examples to learn from or to show. */
        EXAMPLES,
        /** A task whose answers are labels. */
        LABELS,
        /** A task whose answers are free text. */
        FREE_TEXT,
        /** A task whose answers are JSON of a schema. */
        SCHEMA,
        /** A corpus to retrieve from. */
        CORPUS,
        /** A language model that runs in this process. */
        LOCAL_MODEL,
        /** Texts without labels for a teacher to answer. */
        UNLABELLED_TEXTS,
        /** A language model that scores texts, in tasks whose answers are labels. */
        SCORES;

        /** The need in words. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * The traits that are known before measuring.
     *
     * @param family its kind
     * @param learns whether it makes use of more examples
     * @param training the effort of what it trains
     * @param keeps whether what it trains can be kept and loaded
     * @param seeded whether another seed can be tried
     * @param needs what it cannot do without
     * @param shots the examples it needs at least
     * @param modelUse what it uses a language model for
     */
    record Traits(
            StrategyFamily family,
            boolean learns,
            Training training,
            boolean keeps,
            boolean seeded,
            Set<Need> needs,
            int shots,
            ModelUse modelUse) {
        /** Copies the needs. */
        public Traits {
            Set<Need> copy = EnumSet.noneOf(Need.class);
            copy.addAll(needs);
            needs = Collections.unmodifiableSet(copy);
        }

        /** Whether it trains. */
        public boolean trains() {
            return training != Training.NONE;
        }

        /** Whether it retrieves from a corpus. */
        public boolean retrieves() {
            return needs.contains(Need.CORPUS);
        }

        /** Whether it answers without any language model. */
        public boolean modelFree() {
            return modelUse != ModelUse.ANSWERING;
        }

        /** The traits of a strategy in the catalog's words. */
        static Traits of(StrategySyntax.Written written) {
            StrategySyntax.Layer first = written.layers().get(0);
            if (first.name().equals(Teaching.NAME)) {
                return Teaching.of(first).traits();
            }
            StrategyFamily family = StrategyTable.row(first.name()).family();
            Training training = Training.NONE;
            Set<Need> needs = EnumSet.noneOf(Need.class);
            int shots = 0;
            for (StrategySyntax.Layer layer : written.layers()) {
                LayerKind kind = StrategyTable.row(layer.name());
                family = kind.family().compareTo(family) > 0 ? kind.family() : family;
                training = kind.training().compareTo(training) > 0 ? kind.training() : training;
                needs.addAll(kind.needs());
                shots = Math.max(shots, kind.shots(layer));
            }
            if (StrategyCatalog.asksForScores(written)) {
                needs.add(Need.SCORES);
            }
            boolean modelFree = family.compareTo(StrategyFamily.CLASSIFIER) <= 0 && !needs.contains(Need.LOCAL_MODEL);
            ModelUse use = modelFree ? ModelUse.NONE : ModelUse.ANSWERING;
            return new Traits(family, shots > 0, training, true, true, needs, shots, use);
        }
    }
}
