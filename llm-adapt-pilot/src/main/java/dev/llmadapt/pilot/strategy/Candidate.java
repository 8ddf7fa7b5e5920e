package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Strategy;
import java.nio.file.Path;

/** A strategy of which a pilot knows more than how to adapt with it. */
public interface Candidate extends Strategy {
    /** The traits that are known before it is measured. */
    Traits traits();

    /** This strategy, keeping what it trains in a folder; where that is there already, it trains nothing. */
    Strategy keeping(Path folder);

    /** This strategy with another seed, or itself where none is known. */
    Candidate withSeed(long seed);

    /** Any strategy as a candidate. */
    static Candidate of(Strategy strategy) {
        return strategy instanceof Candidate candidate ? candidate : new PlainCandidate(strategy);
    }

    /**
     * The traits that are known before measuring.
     *
     * @param family its kind
     * @param learns whether it makes use of more examples
     * @param trains whether it trains
     * @param keeps whether what it trains can be kept and loaded
     * @param retrieves whether it needs a corpus
     * @param seeded whether another seed can be tried
     * @param shots the examples it needs at least
     */
    record Traits(
            StrategyFamily family,
            boolean learns,
            boolean trains,
            boolean keeps,
            boolean retrieves,
            boolean seeded,
            int shots) {
        /**
         * Whether learning from more examples takes more time, so that it begins with few. What shows examples looks
         * them up; of a strategy of someone else's nobody knows.
         */
        public boolean costly() {
            return trains || (learns && family == StrategyFamily.OTHER);
        }

        /** The traits of a strategy in the catalog's words. */
        static Traits of(StrategySyntax.Written written) {
            StrategyFamily family = StrategyFamily.PROMPTING;
            boolean trains = false;
            boolean retrieves = false;
            int shots = 0;
            for (StrategySyntax.Layer layer : written.layers()) {
                LayerKind kind = StrategyTable.row(layer.name());
                family = kind.family().compareTo(family) > 0 ? kind.family() : family;
                trains |= kind.trains();
                retrieves |= kind.needs().contains(LayerKind.Need.CORPUS);
                shots = Math.max(shots, kind.shots(layer));
            }
            return new Traits(family, shots > 0, trains, true, retrieves, true, shots);
        }
    }
}
