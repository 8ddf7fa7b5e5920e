package dev.llmadapt.prompting.template;

import java.util.List;

/** What a value can be assigned to. */
sealed interface Target {
    void assign(Rendering r, Scope scope, Object value);

    /** {@code x}. */
    record Variable(String name) implements Target {
        @Override
        public void assign(Rendering r, Scope scope, Object value) {
            scope.set(name, value);
        }
    }

    /** {@code ns.x}. */
    record NamespaceAttribute(String namespace, String name) implements Target {
        @Override
        public void assign(Rendering r, Scope scope, Object value) {
            if (!(scope.get(namespace) instanceof Namespace target)) {
                throw r.fail("only a namespace has attributes to assign, '" + namespace + "' is none");
            }
            target.attributes().put(name, value);
        }
    }

    /** {@code a, b}. */
    record Unpacked(List<Target> targets) implements Target {
        @Override
        public void assign(Rendering r, Scope scope, Object value) {
            List<Object> items = Values.elements(r, value);
            if (items.size() != targets.size()) {
                throw r.fail("cannot assign " + items.size() + " values to " + targets.size() + " names");
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(r, scope, items.get(i));
            }
        }
    }
}
