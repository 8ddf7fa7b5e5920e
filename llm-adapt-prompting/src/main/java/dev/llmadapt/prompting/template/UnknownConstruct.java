package dev.llmadapt.prompting.template;

import java.io.Serial;

/** Thrown while reading what is well formed and in no table; the parser makes it an {@link Expression.Refused}. */
final class UnknownConstruct extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UnknownConstruct(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
