package dev.llmadapt.prompting.template;

import java.util.List;

/** A target of an assignment. */
sealed interface Target {
    void assign(Rendering r, Variables variables, Object value);

    /** A variable {@code x}. */
    record Variable(String name) implements Target {
        @Override
        public void assign(Rendering r, Variables variables, Object value) {
            variables.set(name, value);
        }
    }

    /** An attribute of a namespace, {@code ns.x}. */
    record NamespaceAttribute(String namespace, String name) implements Target {
        @Override
        public void assign(Rendering r, Variables variables, Object value) {
            if (!(variables.get(namespace) instanceof Namespace target)) {
                throw r.fail("only a namespace has attributes to assign, '" + namespace + "' is none");
            }
            target.attributes().put(name, value);
        }
    }

    /** Several targets, {@code a, b}. */
    record Unpacked(List<Target> targets) implements Target {
        @Override
        public void assign(Rendering r, Variables variables, Object value) {
            List<Object> items = Values.elements(r, value);
            if (items.size() != targets.size()) {
                throw r.fail("cannot assign " + items.size() + " values to " + targets.size() + " names");
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(r, variables, items.get(i));
            }
        }
    }
}
