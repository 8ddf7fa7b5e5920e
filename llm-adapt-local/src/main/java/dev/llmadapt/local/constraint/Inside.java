package dev.llmadapt.local.constraint;

/**
 * What tokens do from inside a terminal, whatever follows it.
 *
 * @param tokens those of few tokens that may come, as far as the terminal goes
 * @param mask those of many tokens, empty where {@code tokens} holds them
 * @param tries where the terminal may end within a token: tries, and
 * @param ends nodes of each after whose byte it may
 */
@SuppressWarnings("ArrayRecordComponent")
record Inside(int[] tokens, long[] mask, TokenTrie[] tries, int[][] ends) {}
