package dev.llmadapt.local.constraint;

/**
 * A constraint that cannot be kept exactly, or that takes more memory or time than a constraint may. The message says
 * what cannot be kept and where it stands.
 */
public final class ConstraintException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String keyword;

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
        super(message);
        this.keyword = keyword;
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
