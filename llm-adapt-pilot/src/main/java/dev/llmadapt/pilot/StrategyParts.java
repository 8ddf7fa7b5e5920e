package dev.llmadapt.pilot;

import dev.llmadapt.Strategy;

/** What the catalog puts strategies together from. */
interface StrategyParts {
    Strategy zeroShot();

    Strategy role(String text);

    Strategy fewShot(int shots, long seed);

    Strategy nearest(int shots);

    Strategy chainOfThought();

    Strategy scored(boolean mean, boolean calibrated);

    Strategy constrained();
}
