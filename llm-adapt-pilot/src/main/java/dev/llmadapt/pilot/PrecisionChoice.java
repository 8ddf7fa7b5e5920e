package dev.llmadapt.pilot;

import java.util.Locale;

/** What {@code --precision} may be. */
enum PrecisionChoice {
    AS_STORED,
    FP32,
    INT8,
    INT4;

    /** As the command line writes it: {@code as-stored}, {@code fp32}, ... */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
