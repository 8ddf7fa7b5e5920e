package dev.llmadapt.prompting.template;

import java.util.HashMap;
import java.util.Map;

/**
 * The only kind of value that a template can change: {@code namespace(a=1)}, then {@code set ns.a = 2}.
 *
 * @param attributes the attributes by name
 */
record Namespace(Map<String, Object> attributes) {
    Namespace() {
        this(new HashMap<>());
    }
}
