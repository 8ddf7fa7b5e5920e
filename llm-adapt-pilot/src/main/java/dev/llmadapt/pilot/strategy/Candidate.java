package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Strategy;
import java.nio.file.Path;

/** A strategy of which a pilot knows more than how to adapt with it. */
public interface Candidate extends Strategy {
    /** The traits of this candidate. */
    Traits traits();

    /** This strategy, but it keeps what it trains in a folder and trains nothing where that is there already. */
    Strategy keeping(Path folder);

    /** Returns this candidate with another seed, or itself where it has none. */
    Candidate withSeed(long seed);

    /** Any strategy as a candidate. */
    static Candidate of(Strategy strategy) {
        return strategy instanceof Candidate candidate ? candidate : new PlainCandidate(strategy);
    }

    /**
     * The traits of a candidate that are known before it is measured.
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
         * Whether learning from more examples takes more time, so that it begins with few. What shows examples looks them
         * up; of a strategy of someone else's nobody knows.
         */
        public boolean costly() {
            return trains || (learns && family == StrategyFamily.OTHER);
        }

        /** The traits of a strategy in the catalog's words. */
        static Traits of(StrategySyntax.Written written) {
            StrategyFamily family = StrategyFamily.PROMPTING;
            boolean trains = false;
            boolean retrieves = false;
            boolean examples = false;
            int shots = 0;
            for (StrategySyntax.Layer layer : written.layers()) {
                String name = layer.name();
                trains |= StrategyCatalog.TRAINED.contains(name);
                retrieves |= name.equals("rag");
                if (name.startsWith("few-shot")) {
                    examples = true;
                    shots = Math.max(
                            shots,
                            layer.argument().isEmpty() ? StrategyCatalog.SHOTS : Integer.parseInt(layer.argument()));
                }
                StrategyFamily own = name.equals("rag")
                        ? StrategyFamily.RETRIEVAL
                        : name.equals("prompt-tuning") || name.equals("prefix-tuning")
                                ? StrategyFamily.PROMPT_TUNING
                                : StrategyCatalog.TRAINED.contains(name)
                                        ? StrategyFamily.FINE_TUNING
                                        : StrategyFamily.PROMPTING;
                family = own.compareTo(family) > 0 ? own : family;
            }
            return new Traits(
                    family, trains || examples, trains, true, retrieves, true, trains ? Math.max(shots, 1) : shots);
        }
    }
}
