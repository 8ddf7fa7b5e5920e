package dev.llmadapt.prompting;

import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;

final class SelfAskTest extends StrategyContract {
    @Override
    protected Strategy strategy() {
        return SelfAsk.defaults().withSteps(2).withLineTokens(6);
    }
}
