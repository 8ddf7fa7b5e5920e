package dev.llmadapt.prompting.template;

/**
 * A method that is named but not called, as {@code d.items} where the author meant the key: true and defined, as in
 * Python, and good for nothing else.
 *
 * @param type the receiver's type
 * @param name the method's name
 */
record BoundMethod(String type, String name) {}
