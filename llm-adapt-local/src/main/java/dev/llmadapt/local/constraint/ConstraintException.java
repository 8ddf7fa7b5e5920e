package dev.llmadapt.local.constraint;

import org.jspecify.annotations.Nullable;

/**
 * A constraint that cannot be kept exactly, or that takes more memory or time than a constraint may. The message says
 * what cannot be kept and where it stands.
 */
public final class ConstraintException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String keyword;

    /** The message without its place, null where it has one. */
    private final @Nullable String unplaced;

    /** Makes an exception about no keyword in particular. */
    public ConstraintException(String message) {
        this("", message);
    }

    /**
     * Makes an exception.
     *
     * @param keyword the keyword of a JSON Schema that cannot be kept, empty if it is none
     * @param message what cannot be kept, and where
     */
    public ConstraintException(String keyword, String message) {
        this(keyword, message, null);
    }

    private ConstraintException(String keyword, String message, @Nullable String unplaced) {
        super(message);
        this.keyword = keyword;
        this.unplaced = unplaced;
    }

    /**
     * Makes an exception whose place in a JSON Schema is said by those who know it, {@link #at}.
     *
     * @param keyword as above
     */
    static ConstraintException unplaced(String keyword, String why) {
        return new ConstraintException(keyword, keyword.isEmpty() ? why : "keyword '" + keyword + "': " + why, why);
    }

    /**
     * Makes an exception about a keyword of a JSON Schema.
     *
     * @param pointer the place of the schema that has it
     */
    static ConstraintException at(String keyword, String pointer, String why) {
        return new ConstraintException(
                keyword, "keyword '" + keyword + "' at " + SchemaDocument.shortened(pointer) + ": " + why);
    }

    /**
     * This exception with a place, unless it has one.
     *
     * @param found the keyword that is read there, empty where none is; if this exception has none of its own
     */
    ConstraintException at(String found, String pointer) {
        if (unplaced == null) {
            return this;
        }
        String about = keyword.isEmpty() ? found : keyword;
        return about.isEmpty()
                ? new ConstraintException("the schema at " + SchemaDocument.shortened(pointer) + ": " + unplaced)
                : at(about, pointer, unplaced);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The keyword of a JSON Schema that cannot be kept, empty if it is none. */
    public String keyword() {
        return keyword;
    }
}
