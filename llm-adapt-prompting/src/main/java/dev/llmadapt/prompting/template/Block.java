package dev.llmadapt.prompting.template;

import java.util.List;
import java.util.Set;

/**
 * Statements with variables of their own: a loop's body, a macro's, the whole template.
 *
 * @param statements what it does
 * @param ambiguous names that blocks within it may read before it assigns them, filled when the template is read to its
 *     end; see {@link Ambiguous}
 */
record Block(List<Statement> statements, Set<String> ambiguous) {
    /** A new scope for it. */
    Scope scopeIn(Scope around) {
        Scope scope = around.inner();
        for (String name : ambiguous) {
            if (around.isContext(name)) {
                scope.set(name, new Ambiguous(name));
            }
        }
        return scope;
    }
}
