package dev.llmadapt.prompting.template;

import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A template of our own, in the language of {@link ChatTemplate}, which knows its variables. What is not there cannot
 * be used, as with Jinja's {@code StrictUndefined}: it can only be asked about, by {@code is defined}, or given a
 * {@code default}. What a {@link ChatTemplate} refuses when a rendering reaches it is refused when this one is parsed.
 *
 * <p>{@code {% include "name" %}} puts another template, a partial, in its place. A partial sees the variables around
 * it and sets none of them. On a line of its own it stays a line of its own.
 *
 * <p>Immutable and thread-safe.
 */
public final class StrictTemplate {
    private final Parser.Parsed parsed;

    private StrictTemplate(Parser.Parsed parsed) {
        this.parsed = parsed;
    }

    /**
     * Parses a template.
     *
     * @param source the text
     * @param firstLine the number of its first line, for errors
     * @param partials the text of the partial of a name; throws {@link IllegalArgumentException} where there is none
     * @throws TemplateException if it is malformed, has what is not supported, or includes what cannot be included
     */
    public static StrictTemplate parse(String source, int firstLine, UnaryOperator<String> partials) {
        Parser.Parsed parsed = Parser.parse(source, firstLine, Limits.defaults(), new Loader(partials));
        requireSupported(parsed);
        return new StrictTemplate(parsed);
    }

    private static void requireSupported(Parser.Parsed parsed) {
        if (!parsed.refused().isEmpty()) {
            Expression.Refused first = parsed.refused().get(0);
            throw new TemplateException(first.reason(), first.line());
        }
    }

    /** Whether a name means something of the language, so that no variable can have it. */
    public static boolean isReserved(String name) {
        return Names.RESERVED.contains(name) || OperandParser.isConstant(name);
    }

    /** The variables that it reads, those of its partials too, with the lines where it first does, in their order. */
    public Map<String, Integer> variables() {
        return parsed.free();
    }

    /**
     * Renders the template.
     *
     * @param values the values of its variables, as {@link ChatTemplate#render} takes them
     * @throws TemplateException if the template uses what is not there, refuses a value, or exceeds a limit
     */
    public String render(Map<String, ? extends @Nullable Object> values) {
        Rendering rendering = new Rendering(Limits.defaults(), Clock.system(ZoneId.systemDefault()), values, true);
        return rendering.capture(parsed.body()).chars();
    }

    /** Reads partials, each inside of those that include it. */
    private static final class Loader implements Parser.Includes {
        private final UnaryOperator<String> partials;
        private final Deque<String> open = new ArrayDeque<>();

        Loader(UnaryOperator<String> partials) {
            this.partials = partials;
        }

        @Override
        public Parser.Parsed get(String name, int line) {
            if (open.contains(name)) {
                throw new TemplateException(
                        "the partial '" + name + "' includes itself, by way of " + String.join(", ", open), line);
            }
            String source;
            try {
                source = partials.apply(name);
            } catch (IllegalArgumentException e) {
                throw new TemplateException(String.valueOf(e.getMessage()), line);
            }
            open.addLast(name);
            try {
                Parser.Parsed included = Parser.parse(source, 1, Limits.defaults(), this);
                requireSupported(included);
                return included;
            } catch (TemplateException e) {
                throw e.explained("partial '" + name + "', ", "");
            } finally {
                open.removeLast();
            }
        }
    }
}
