package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Rendering.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node that is executed: a block of a template, or text between blocks. */
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

    /** An output {@code {{ value }}}. */
    record Output(Expression value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object printed = r.evaluate(value);
            Printer.print(r, r.output(), printed);
            return Flow.NEXT;
        }
    }

    /** An {@code {% if %}}, with its {@code elif}s and, as a last branch that is always true, its {@code else}. */
    record If(List<Branch> branches) implements Statement {
        record Branch(Expression test, List<Statement> body, int line) {}

        @Override
        public Flow execute(Rendering r) {
            for (Branch branch : branches) {
                r.at(branch.line);
                if (r.isTrue(r.evaluate(branch.test))) {
                    return r.execute(branch.body);
                }
            }
            return Flow.NEXT;
        }
    }

    /**
     * A loop {@code {% for target in items if test %}}. As in Jinja, {@code otherwise} runs when no round came to its
     * end, because there were no rounds or because each was left by {@code break} or {@code continue}.
     */
    record For(
            Target target, Expression items, Expression test, boolean recursive, Block body, Block otherwise, int line)
            implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            return run(r, r.variables(), r.evaluate(items), 0);
        }

        Flow run(Rendering r, Variables around, Object iterable, long depth0) {
            List<Object> elements = chosen(r, around, Values.elements(r, r.defined(iterable)));
            Loop loop = new Loop(this, around, elements, depth0);
            boolean completed = false;
            for (int i = 0; i < elements.size(); i++) {
                r.work(Rendering.ALLOCATION);
                loop.moveTo(i);
                Variables variables = body.variablesIn(around);
                variables.set("loop", loop);
                target.assign(r, variables, elements.get(i));
                Flow flow = r.executeIn(variables, body.statements());
                completed |= flow == Flow.NEXT;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            return !completed ? r.executeIn(otherwise.variablesIn(around), otherwise.statements()) : Flow.NEXT;
        }

        private List<Object> chosen(Rendering r, Variables around, List<Object> elements) {
            if (test instanceof Expression.Literal constant && Values.isTrue(constant.value())) {
                return elements;
            }
            List<Object> chosen = new ArrayList<>();
            for (Object element : elements) {
                r.work(Rendering.ALLOCATION);
                Variables variables = around.inner();
                target.assign(r, variables, element);
                if (r.isTrue(r.evaluateIn(variables, test))) {
                    chosen.add(element);
                }
            }
            return chosen;
        }
    }

    /** An assignment {@code {% set target = value %}}. */
    record Assign(Target target, Expression value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object assigned = r.evaluate(value);
            r.at(line);
            target.assign(r, r.variables(), assigned);
            return Flow.NEXT;
        }
    }

    /** An assignment of output, {@code {% set target %}...{% endset %}}; the filters read {@link Captured#NAME}. */
    record AssignBlock(Target target, Captured value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object assigned = value.evaluate(r);
            r.at(line);
            target.assign(r, r.variables(), assigned);
            return Flow.NEXT;
        }
    }

    /** A filtered block {@code {% filter name %}...{% endfilter %}}. */
    record FilterBlock(Captured value, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.at(line);
            Object printed = value.evaluate(r);
            Printer.print(r, r.output(), printed);
            return Flow.NEXT;
        }
    }

    /** The output of a body, passed through filters. */
    record Captured(Block body, Expression filtered) {
        /** The variable in which filters find the text; no template can write its name. */
        static final String NAME = "captured text";

        private Object evaluate(Rendering r) {
            Variables variables = r.variables().inner();
            variables.set(NAME, r.capture(body));
            return r.evaluateIn(variables, filtered);
        }
    }

    /** A block with variables, {@code {% with a = 1 %}...{% endwith %}}. */
    record With(List<Target> targets, List<Expression> values, Block body) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Variables variables = body.variablesIn(r.variables());
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(r, variables, r.evaluate(values.get(i)));
            }
            return r.executeIn(variables, body.statements());
        }
    }

    /** A macro definition {@code {% macro name(parameters) %}...{% endmacro %}}. */
    record MacroBlock(Macro.Definition definition) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            r.variables().set(definition.name(), new Macro(definition, r.variables()));
            return Flow.NEXT;
        }
    }

    /** A call block {@code {% call(parameters) macro(arguments) %}...{% endcall %}}: its body is the {@code caller}. */
    record CallBlock(Expression.Call call, Macro.Definition caller) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Map<String, Object> named = new HashMap<>();
            named.put("caller", new Macro(caller, r.variables()));
            Printer.print(r, r.output(), call.evaluate(r, named));
            return Flow.NEXT;
        }
    }

    /** The text that the model is to write, {@code {% generation %}...{% endgeneration %}}. */
    record Generation(Block body) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Text text = r.capture(body);
            r.output().append(text.mark(Text.GENERATED));
            return Flow.NEXT;
        }
    }

    /** Another template in place, {@code {% include "name" %}}: it sees the variables here, and sets none of them. */
    record Include(String name, Block body, int line) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            Rendering.Flow flow;
            try {
                flow = r.executeIn(body.variablesIn(r.variables()), body.statements());
            } catch (TemplateException e) {
                throw e.explained("partial '" + name + "', ", "");
            }
            r.at(line);
            return flow;
        }
    }

    /** A jump, {@code {% break %}} or {@code {% continue %}}. */
    record Jump(Flow flow) implements Statement {
        @Override
        public Flow execute(Rendering r) {
            return flow;
        }
    }
}
