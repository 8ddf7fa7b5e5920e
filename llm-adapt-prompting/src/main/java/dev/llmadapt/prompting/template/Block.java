package dev.llmadapt.prompting.template;

import java.util.List;
import java.util.Set;

/**
 * Statements with variables of their own: the body of a loop or a macro, or the whole template.
 *
 * @param statements the statements
 * @param ambiguous the names that blocks within may read before this one assigns them; filled when the whole template
 *     is parsed; see {@link Ambiguous}
 */
record Block(List<Statement> statements, Set<String> ambiguous) {
    /** Creates the variables of this block. */
    Variables variablesIn(Variables around) {
        Variables variables = around.inner();
        for (String name : ambiguous) {
            if (around.isContext(name)) {
                variables.set(name, new Ambiguous(name));
            }
        }
        return variables;
    }
}
