package dev.llmadapt.prompting.template;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one rendering: variables, output, the current line, and the rest of the limits. Used by one thread, for
 * one rendering; an exception ends the rendering, so nothing is restored on the way out.
 */
final class Rendering {
    /** The steps that a list, a dictionary or a round of a loop costs. */
    static final int ALLOCATION = 8;

    private static final int CHARACTERS_A_STEP = 4;

    private final Limits limits;
    private final Clock clock;
    private final boolean strict;
    private long stepsLeft;
    private int depth;
    private int line = 1;
    private Variables variables;
    private TextBuilder output = new TextBuilder(this);

    Rendering(Limits limits, Clock clock, Map<String, ? extends @Nullable Object> context) {
        this(limits, clock, context, false);
    }

    /** With {@code strict}, what is not there cannot be used, as with Jinja's {@code StrictUndefined}. */
    Rendering(Limits limits, Clock clock, Map<String, ? extends @Nullable Object> context, boolean strict) {
        this.strict = strict;
        this.limits = limits;
        this.clock = clock;
        this.stepsLeft = limits.steps();
        this.variables = Variables.ofContext();
        ContextValues values = new ContextValues(this);
        context.forEach((name, value) -> variables.set(name, values.of(name, value)));
    }

    Limits limits() {
        return limits;
    }

    Clock clock() {
        return clock;
    }

    Variables variables() {
        return variables;
    }

    TextBuilder output() {
        return output;
    }

    Object evaluate(Expression expression) {
        enter();
        Object value = expression.evaluate(this);
        leave();
        return value;
    }

    Flow execute(List<Statement> body) {
        for (Statement statement : body) {
            enter();
            Flow flow = statement.execute(this);
            leave();
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    /** The value itself; refuses one that is not there, where that is an error. */
    Object defined(Object value) {
        if (strict && value instanceof Undefined missing && !missing.meant()) {
            throw fail(missing.reason());
        }
        return value;
    }

    /** The value itself; refuses one that is not text by itself, where what is not there is an error. */
    Object printable(Object value) {
        if (strict && (value instanceof Seq || value instanceof Dict)) {
            throw fail("a '" + Values.typeName(value) + "' is no text, write it by a loop, by join or by tojson");
        }
        return defined(value);
    }

    /** Whether a value counts as true. */
    boolean isTrue(Object value) {
        return Values.isTrue(defined(value));
    }

    /** Runs a body with these variables. */
    Flow executeIn(Variables inner, List<Statement> body) {
        Variables outer = variables;
        variables = inner;
        Flow flow = execute(body);
        variables = outer;
        return flow;
    }

    /** Runs a block and returns its output. */
    Text capture(Block block) {
        return capture(() -> executeIn(block.variablesIn(variables), block.statements()));
    }

    /** Runs an action and returns its output. */
    Text capture(Runnable work) {
        TextBuilder outer = output;
        output = new TextBuilder(this);
        work.run();
        Text text = output.toText();
        output = outer;
        return text;
    }

    /** Evaluates an expression with these variables. */
    Object evaluateIn(Variables inner, Expression expression) {
        Variables outer = variables;
        variables = inner;
        Object value = evaluate(expression);
        variables = outer;
        return value;
    }

    TextBuilder text() {
        return new TextBuilder(this);
    }

    /** Enters a deeper level, of the template or of a value. */
    void enter() {
        if (++depth > limits.depth()) {
            throw exceeded("depth", limits.depth());
        }
        work(1);
    }

    void leave() {
        depth--;
    }

    /** Counts steps that are about to be done. */
    void work(long steps) {
        stepsLeft -= steps;
        if (stepsLeft < 0) {
            throw exceeded("steps", limits.steps());
        }
    }

    /** Counts the steps for reading or copying characters. */
    void workOnText(long characters) {
        work(1 + characters / CHARACTERS_A_STEP);
    }

    /** Counts the steps for characters that are about to be added to a text, and checks its length. */
    void makeText(int characters, int length) {
        if (characters > limits.characters() - length) {
            throw exceeded("characters", limits.characters());
        }
        workOnText(characters);
    }

    TemplateException exceeded(String limit, long value) {
        return fail("the limit '" + limit + "' of " + value + " is exceeded");
    }

    /** Sets the line that errors name. */
    void at(int line) {
        this.line = line;
    }

    TemplateException fail(String message) {
        return new TemplateException(message, line);
    }

    /** The continuation after a statement. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }
}
