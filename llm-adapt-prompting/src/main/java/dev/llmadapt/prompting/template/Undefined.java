package dev.llmadapt.prompting.template;

/**
 * What a missing name, key or element evaluates to: prints as nothing, is false, has no elements; anything else done
 * with it is an error.
 *
 * @param reason what is missing, for that error
 */
record Undefined(String reason) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    /** Any two are equal, as in Jinja. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
