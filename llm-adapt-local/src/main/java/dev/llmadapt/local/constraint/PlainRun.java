package dev.llmadapt.local.constraint;

/**
 * What an expression makes of plain characters: those that a JSON string holds as they are.
 *
 * @param length how many may come, whichever they are, {@link Regex#UNBOUNDED} if any number
 * @param next the expression after one of them; itself where the number is unbounded
 */
record PlainRun(int length, Regex next) {}
