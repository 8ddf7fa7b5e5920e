package dev.llmadapt.prompting.template;

/**
 * A method that is named but not called, such as {@code d.items} where the author meant the key: true and defined, as
 * in Python, and of no other use.
 *
 * @param type the receiver's type
 * @param name the method's name
 */
record BoundMethod(String type, String name) {}
