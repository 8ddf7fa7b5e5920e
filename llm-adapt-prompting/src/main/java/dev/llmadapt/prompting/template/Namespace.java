package dev.llmadapt.prompting.template;

import java.util.HashMap;
import java.util.Map;

/**
 * The one value a template can change: {@code namespace(a=1)}, then {@code set ns.a = 2}.
 *
 * @param attributes by name
 */
record Namespace(Map<String, Object> attributes) {
    Namespace() {
        this(new HashMap<>());
    }
}
