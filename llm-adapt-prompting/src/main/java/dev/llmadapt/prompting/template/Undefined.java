package dev.llmadapt.prompting.template;

/**
 * The value of a missing name, key or element: prints as nothing, is false, has no elements; any other use of it is an
 * error.
 *
 * @param reason the message of that error: what is missing
 * @param meant whether the template leaves it out on purpose, so that it prints as nothing in strict templates, too
 */
record Undefined(String reason, boolean meant) {
    Undefined(String reason) {
        this(reason, false);
    }

    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    /** Whether the other is undefined too: any two are equal, as in Jinja. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
