package dev.llmadapt.local.decoding;

import dev.llmadapt.local.adapter.AdapterMix;

/** An answer or a scoring that has no row of the cache yet. */
sealed interface Waiting permits Sequence, Waiting.Scoring {
    int[] prompt();

    AdapterMix mix();

    /** Tokens of prompt and answer, or of prompt and the longest continuation. */
    int tokens();

    /** A scoring, which is one of its kind: not equal to another of the same prompt. */
    final class Scoring implements Waiting {
        private final int[] prompt;
        private final AdapterMix mix;
        private final int tokens;

        Scoring(int[] prompt, AdapterMix mix, int tokens) {
            this.prompt = prompt;
            this.mix = mix;
            this.tokens = tokens;
        }

        @Override
        public int[] prompt() {
            return prompt;
        }

        @Override
        public AdapterMix mix() {
            return mix;
        }

        @Override
        public int tokens() {
            return tokens;
        }
    }
}
