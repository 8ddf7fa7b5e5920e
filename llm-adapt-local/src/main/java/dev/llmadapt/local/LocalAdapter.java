package dev.llmadapt.local;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;

/**
 * An adapter that a {@link LocalModel} can load: it says what it does to each module of a base. How it is stored and
 * trained is its own matter; {@code PeftAdapter} of llm-adapt-peft reads those of Hugging Face PEFT. Thread-safe.
 */
public interface LocalAdapter extends Adapter {
    /**
     * Describes what this adapter does to a base.
     *
     * @throws AdapterException if it does not fit the base: modules or sizes that differ, or numbers that are not
     *     finite
     */
    AdapterEffect effectOn(BaseModules base);

    /**
     * Refuses a base this adapter was not made for, which {@link LocalModel#loadAdapter} asks before anything else.
     * Without an override every base is accepted.
     *
     * @throws AdapterException if it was made for another base
     */
    default void requireMadeFor(BaseFingerprint base) {}
}
