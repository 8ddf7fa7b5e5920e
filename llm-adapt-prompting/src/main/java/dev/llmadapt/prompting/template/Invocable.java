package dev.llmadapt.prompting.template;

import java.util.List;
import java.util.Map;

/** A value that a template made and can call. */
sealed interface Invocable permits Macro, Loop, Joiner {
    Object call(Rendering r, List<Object> positional, Map<String, Object> named);
}
