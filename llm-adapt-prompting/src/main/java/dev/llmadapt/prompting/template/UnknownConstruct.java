package dev.llmadapt.prompting.template;

import java.io.Serial;

/** A construct that is well formed and in no table; the parser turns it into an {@link Expression.Refused}. */
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
