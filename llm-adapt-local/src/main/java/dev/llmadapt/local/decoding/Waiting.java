package dev.llmadapt.local.decoding;

import dev.llmadapt.local.adapter.AdapterMix;

/** An answer or a scoring that has no row of the cache yet. */
sealed interface Waiting permits Sequence, Waiting.Scoring {
    int[] prompt();

    AdapterMix mix();

    /** Tokens of prompt and answer, or of prompt and the longest continuation. */
    int tokens();

    /** Who asked, and until when. */
    RequestTime time();

    /** A scoring, which is one of its kind: not equal to another of the same prompt. */
    final class Scoring implements Waiting {
        private final int[] prompt;
        private final AdapterMix mix;
        private final int tokens;
        private final RequestTime time;

        Scoring(int[] prompt, AdapterMix mix, int tokens, RequestTime time) {
            this.prompt = prompt;
            this.mix = mix;
            this.tokens = tokens;
            this.time = time;
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

        @Override
        public RequestTime time() {
            return time;
        }
    }
}
