package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Rendering.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A block of a template, or text between blocks, and what it does. */
sealed interface Statement {
    Flow execute(Rendering r);

    /** Text between tags. */
    record Data(Text text) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.output().append(text);
            return Flow.NEXT;
        }
    }

    /** {@code {{ value }}}. */
    record Output(Expression value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object printed = r.evaluate(value);
            Printer.print(r, r.output(), printed);
            return Flow.NEXT;
        }
    }

    /** {@code {% if %}}, its {@code elif}s and, as a last branch that is always true, its {@code else}. */
    record If(List<Branch> branches) implements Statement {
        record Branch(Expression test, List<Statement> body, int line) {}

        @Override
        public Flow execute(Rendering r) {
            for (Branch branch : branches) {
                r.at(branch.line);
                if (Values.isTrue(r.evaluate(branch.test))) {
                    return r.execute(branch.body);
                }
            }
            return Flow.NEXT;
        }
    }

    /**
     * {@code {% for target in items if test %}}. As in Jinja, {@code otherwise} runs when no round came to its end, be it
     * for want of rounds or because each was left by {@code break} or {@code continue}.
     */
    record For(
            Target target, Expression items, Expression test, boolean recursive, Block body, Block otherwise, int line)
            implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            return run(r, r.scope(), r.evaluate(items), 0);
        }

        Flow run(Rendering r, Scope around, Object iterable, long depth0) {
            List<Object> elements = chosen(r, around, Values.elements(r, iterable));
            Loop loop = new Loop(this, around, elements, depth0);
            boolean completed = false;
            for (int i = 0; i < elements.size(); i++) {
                r.work(Rendering.ALLOCATION);
                loop.moveTo(i);
                Scope scope = body.scopeIn(around);
                scope.set("loop", loop);
                target.assign(r, scope, elements.get(i));
                Flow flow = r.executeIn(scope, body.statements());
                completed |= flow == Flow.NEXT;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            return !completed ? r.executeIn(otherwise.scopeIn(around), otherwise.statements()) : Flow.NEXT;
        }

        private List<Object> chosen(Rendering r, Scope around, List<Object> elements) {
            if (test instanceof Expression.Literal constant && Values.isTrue(constant.value())) {
                return elements;
            }
            List<Object> chosen = new ArrayList<>();
            for (Object element : elements) {
                r.work(Rendering.ALLOCATION);
                Scope scope = around.inner();
                target.assign(r, scope, element);
                if (Values.isTrue(r.evaluateIn(scope, test))) {
                    chosen.add(element);
                }
            }
            return chosen;
        }
    }

    /** {@code {% set target = value %}}. */
    record Assign(Target target, Expression value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object assigned = r.evaluate(value);
            r.at(line);
            target.assign(r, r.scope(), assigned);
            return Flow.NEXT;
        }
    }

    /**
     * {@code {% set target %}...{% endset %}}; the filters are applied to the variable {@link Captured#NAME}.
     */
    record AssignBlock(Target target, Captured value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object assigned = value.evaluate(r);
            r.at(line);
            target.assign(r, r.scope(), assigned);
            return Flow.NEXT;
        }
    }

    /** {@code {% filter name %}...{% endfilter %}}. */
    record FilterBlock(Captured value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object printed = value.evaluate(r);
            Printer.print(r, r.output(), printed);
            return Flow.NEXT;
        }
    }

    /** What a body prints, passed through filters. */
    record Captured(Block body, Expression filtered) {
        /** The variable that filters find the text in; no template can write its name. */
        static final String NAME = "captured text";

        private Object evaluate(Rendering r) {
            Scope scope = r.scope().inner();
            scope.set(NAME, r.capture(body));
            return r.evaluateIn(scope, filtered);
        }
    }

    /** {@code {% with a = 1 %}...{% endwith %}}. */
    record With(List<Target> targets, List<Expression> values, Block body) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Scope scope = body.scopeIn(r.scope());
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(r, scope, r.evaluate(values.get(i)));
            }
            return r.executeIn(scope, body.statements());
        }
    }

    /** {@code {% macro name(parameters) %}...{% endmacro %}}. */
    record MacroBlock(Macro.Definition definition) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.scope().set(definition.name(), new Macro(definition, r.scope()));
            return Flow.NEXT;
        }
    }

    /** {@code {% call(parameters) macro(arguments) %}...{% endcall %}}: the body is the macro's {@code caller}. */
    record CallBlock(Expression.Call call, Macro.Definition caller) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Map<String, Object> named = new HashMap<>();
            named.put("caller", new Macro(caller, r.scope()));
            Printer.print(r, r.output(), call.evaluate(r, named));
            return Flow.NEXT;
        }
    }

    /** {@code {% generation %}...{% endgeneration %}}: what the model is to write. */
    record Generation(Block body) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Text text = r.capture(body);
            r.output().append(text.mark(Text.GENERATED));
            return Flow.NEXT;
        }
    }

    /** {@code {% break %}} and {@code {% continue %}}. */
    record Jump(Flow flow) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            return flow;
        }
    }
}
