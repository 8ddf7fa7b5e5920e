package dev.llmadapt.pilot;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Strategy;

final class PromptingParts implements StrategyParts {
    static final StrategyParts INSTANCE = new PromptingParts();

    private static Strategy missing() {
        return new Strategy() {
            @Override
            public String name() {
                return "missing";
            }

            @Override
            public dev.llmadapt.Model adapt(
                    dev.llmadapt.Model model, dev.llmadapt.Task task, dev.llmadapt.Progress progress) {
                throw new LlmAdaptException("not in this build yet");
            }
        };
    }

    @Override
    public Strategy zeroShot() {
        return missing();
    }

    @Override
    public Strategy role(String text) {
        return missing();
    }

    @Override
    public Strategy fewShot(int shots, long seed) {
        return missing();
    }

    @Override
    public Strategy nearest(int shots) {
        return missing();
    }

    @Override
    public Strategy chainOfThought() {
        return missing();
    }

    @Override
    public Strategy scored(boolean mean, boolean calibrated) {
        return missing();
    }

    @Override
    public Strategy constrained() {
        return missing();
    }
}
