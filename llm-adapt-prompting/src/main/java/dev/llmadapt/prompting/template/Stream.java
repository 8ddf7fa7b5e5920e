package dev.llmadapt.prompting.template;

import java.util.Iterator;

/**
 * What filters such as {@code map} and {@code select} return: like a Python generator it can be read once, is always
 * true and has no length.
 *
 * @param rest what has not been read yet
 */
record Stream(Iterator<Object> rest) {}
