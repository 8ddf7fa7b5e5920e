package dev.llmadapt.prompting.template;

import java.util.Iterator;

/**
 * The result of filters such as {@code map} and {@code select}: like a Python generator it can be read once, is always
 * true and has no length.
 *
 * @param rest the elements that have not been read yet
 */
record Stream(Iterator<Object> rest) {}
