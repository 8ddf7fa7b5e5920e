package dev.llmadapt.prompting;

import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;

final class LeastToMostTest extends StrategyContract {
    @Override
    protected Strategy strategy() {
        return LeastToMost.defaults().withSteps(2).withLineTokens(6);
    }
}
