package dev.llmadapt.spark;

import dev.llmadapt.Request;
import java.io.Serializable;

/** What is asked about a text. It travels to the executors, so it must hold nothing but what can be serialized. */
@FunctionalInterface
public interface TextRequest extends Serializable {
    /**
     * The request.
     *
     * @param text of a row, not blank
     */
    Request of(String text);
}
