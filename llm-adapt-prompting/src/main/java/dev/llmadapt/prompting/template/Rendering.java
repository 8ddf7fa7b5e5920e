package dev.llmadapt.prompting.template;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one rendering: variables, output, the line at work, and what is left of the limits. Used by one thread,
 * for one rendering; an exception ends it, so nothing is put back on the way out of one.
 */
final class Rendering {
    /** What a list, a dictionary or a round of a loop costs. */
    static final int ALLOCATION = 8;

    private static final int CHARACTERS_A_STEP = 4;

    private final Limits limits;
    private final Clock clock;
    private long stepsLeft;
    private int depth;
    private int line = 1;
    private Scope scope;
    private TextBuilder output = new TextBuilder(this);

    Rendering(Limits limits, Clock clock, Map<String, ? extends @Nullable Object> context) {
        this.limits = limits;
        this.clock = clock;
        this.stepsLeft = limits.steps();
        this.scope = Scope.ofContext();
        ContextValues values = new ContextValues(this);
        context.forEach((name, value) -> scope.set(name, values.of(name, value)));
    }

    Limits limits() {
        return limits;
    }

    Clock clock() {
        return clock;
    }

    Scope scope() {
        return scope;
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

    /** Runs a body in a scope of its own within another. */
    Flow executeIn(Scope inner, List<Statement> body) {
        Scope outer = scope;
        scope = inner;
        Flow flow = execute(body);
        scope = outer;
        return flow;
    }

    /** What a block prints. */
    Text capture(Block block) {
        return capture(() -> executeIn(block.scopeIn(scope), block.statements()));
    }

    /** What some work prints. */
    Text capture(Runnable work) {
        TextBuilder outer = output;
        output = new TextBuilder(this);
        work.run();
        Text text = output.toText();
        output = outer;
        return text;
    }

    /** Evaluates in another scope. */
    Object evaluateIn(Scope inner, Expression expression) {
        Scope outer = scope;
        scope = inner;
        Object value = evaluate(expression);
        scope = outer;
        return value;
    }

    TextBuilder text() {
        return new TextBuilder(this);
    }

    /** Goes one level deeper, be it into the template or into a value. */
    void enter() {
        if (++depth > limits.depth()) {
            throw exceeded("depth", limits.depth());
        }
        work(1);
    }

    void leave() {
        depth--;
    }

    /** Charges for work about to be done. */
    void work(long steps) {
        stepsLeft -= steps;
        if (stepsLeft < 0) {
            throw exceeded("steps", limits.steps());
        }
    }

    /** Charges for reading or copying characters. */
    void workOnText(long characters) {
        work(1 + characters / CHARACTERS_A_STEP);
    }

    /** Charges for characters about to be added to a text of some length. */
    void makeText(int characters, int length) {
        if (characters > limits.characters() - length) {
            throw exceeded("characters", limits.characters());
        }
        workOnText(characters);
    }

    TemplateException exceeded(String limit, long value) {
        return fail("the limit '" + limit + "' of " + value + " is exceeded");
    }

    /** Names the line that errors are reported at. */
    void at(int line) {
        this.line = line;
    }

    TemplateException fail(String message) {
        return new TemplateException(message, line);
    }

    /** Where control goes after a statement. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }
}
