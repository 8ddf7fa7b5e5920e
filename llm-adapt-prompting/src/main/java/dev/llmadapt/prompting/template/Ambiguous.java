package dev.llmadapt.prompting.template;

/**
 * A variable of the context that a block will assign, as a block within sees it before. In Jinja, which resolves names
 * when it compiles, it is the context's value if the outer block reads it somewhere first, and undefined if not. No
 * author means that, so reading it is an error.
 *
 * @param name the variable
 */
record Ambiguous(String name) {
    String explain() {
        return "'" + name + "' is read inside a block before the block around it assigns it, use another name for one";
    }
}
