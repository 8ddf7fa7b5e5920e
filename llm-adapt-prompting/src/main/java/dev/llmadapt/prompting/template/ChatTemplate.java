package dev.llmadapt.prompting.template;

import dev.llmadapt.Message;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A chat template in the dialect of Hugging Face {@code transformers}: Jinja 3.1 in a sandbox with {@code trim_blocks},
 * {@code lstrip_blocks}, {@code break} and {@code continue}, {@code generation} blocks, {@code raise_exception} and
 * {@code strftime_now}.
 *
 * <p>Strict: an unknown filter, test, method, function or argument is an error when a rendering reaches it, as in
 * Jinja, and is reported by {@link #unsupported} before; an unknown tag is an error when the template is loaded. Safe
 * with templates from strangers and messages from users: {@link Limits} bound the work, only values of the context can
 * be reached, and text of the context is never parsed.
 *
 * <p>Immutable and thread-safe.
 */
public final class ChatTemplate {
    /** What {@link #renderChat} or the tools of a request set. */
    private static final Set<String> GIVEN =
            Set.of("messages", "add_generation_prompt", "tools", "xml_tools", "python_tools");

    private final Block body;
    private final List<String> unsupported;
    private final Set<String> variables;
    private final Limits limits;
    private final Clock clock;

    private ChatTemplate(Parser.Parsed parsed, Limits limits, Clock clock) {
        this.body = parsed.body();
        this.unsupported = parsed.refused().stream()
                .map(refused -> "line " + refused.line() + ": " + refused.reason())
                .toList();
        this.variables = Set.copyOf(parsed.free().keySet());
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Loads a template, with default limits and the system's clock and time zone.
     *
     * @throws TemplateException if it is malformed or exceeds a limit
     */
    public static ChatTemplate parse(String source) {
        return parse(source, Limits.defaults(), Clock.system(ZoneId.systemDefault()));
    }

    /**
     * Loads a template.
     *
     * @param limits the bounds on loading and on every rendering
     * @param clock the clock of {@code strftime_now}, with its time zone
     * @throws TemplateException if it is malformed or exceeds a limit
     */
    public static ChatTemplate parse(String source, Limits limits, Clock clock) {
        return new ChatTemplate(Parser.parse(source, limits), limits, clock);
    }

    /**
     * The constructs in the template that are not supported, with their lines, in the order of the source. A rendering
     * that reaches one fails; one that does not equals Jinja's.
     */
    public List<String> unsupported() {
        return unsupported;
    }

    /**
     * The names that the template reads from its context somewhere: its arguments, such as {@code messages} and
     * {@code enable_thinking}, and the functions that it calls.
     */
    public Set<String> variables() {
        return variables;
    }

    /**
     * Refuses arguments that the template reads nowhere, since they would have no effect, and those that are given in
     * another way: messages, tools and special tokens.
     *
     * @param arguments arguments by name
     * @param given names that the application sets itself
     * @return the arguments
     * @throws IllegalArgumentException if there is such an argument; names it
     */
    public Map<String, Object> requireArguments(Map<String, Object> arguments, Set<String> given) {
        for (String name : arguments.keySet()) {
            if (GIVEN.contains(name) || given.contains(name)) {
                throw new IllegalArgumentException(
                        "the template argument '" + name + "' is set by the request itself:"
                                + " by its messages, its tools (Request.withTools) or the model's special tokens; leave it out");
            }
            if (!variables.contains(name) || Functions.rows().containsKey(name)) {
                Set<String> others = new TreeSet<>(variables);
                others.removeAll(GIVEN);
                others.removeAll(given);
                others.removeAll(Functions.rows().keySet());
                throw new IllegalArgumentException("the model's chat template does not read the argument '" + name
                        + "', so it would have no effect; it reads " + (others.isEmpty() ? "none" : others));
            }
        }
        return arguments;
    }

    /**
     * Marks a text of the context as the application's own, such as the beginning-of-sequence token: special tokens
     * that are written in it are read as special tokens.
     */
    public static Object trusted(String text) {
        return Text.literal(text);
    }

    /**
     * Renders the template.
     *
     * @param context variables by name: String, Boolean, Integer, Long, Double, null (Python's {@code None}), lists of
     *     these, maps of these with String keys in the order they are to be printed, and {@link #trusted} texts
     * @throws TemplateException if the template refuses the context, does something that is an error in Python, or
     *     exceeds a limit
     * @throws IllegalArgumentException if the context holds anything else
     */
    public Rendered render(Map<String, ? extends @Nullable Object> context) {
        return renderText(context).toRendered();
    }

    private Text renderText(Map<String, ? extends @Nullable Object> context) {
        Rendering rendering = new Rendering(limits, clock, context);
        return rendering.capture(body);
    }

    /**
     * Converts tools to the value that templates take as {@code tools}: a list of <code>
     * {"type": "function", "function": {"name", "description", "parameters"}}</code>, as Hugging Face
     * {@code transformers} passes it.
     *
     * @throws IllegalArgumentException if a schema cannot be a template's value, such as one that is nested too deeply
     */
    public static Object tools(List<ToolSpec> tools) {
        return ToolValues.tools(tools);
    }

    /** A way to write tool calls as the text of a message, for templates that do not write them themselves. */
    @FunctionalInterface
    public interface CallWriter {
        /**
         * The text in pieces.
         *
         * @return texts, which are data, and {@link ChatTemplate#trusted} texts
         */
        List<Object> pieces(List<ToolCall> calls);
    }

    /**
     * Renders a conversation: {@code messages} as maps of {@code role} and {@code content}, with {@code tool_calls},
     * {@code name}, {@code tool_call_id} and {@code reasoning_content} where they have them, and
     * {@code add_generation_prompt}. Roles are trusted, as many templates make special tokens of them; contents, calls,
     * names and thoughts are data.
     *
     * @param messages the conversation; not empty
     * @param addGenerationPrompt whether to end with the beginning of the model's turn
     * @param continueFinalMessage whether to end right after the last message's content, so that the model continues
     *     it; white space around the content may be missing where the template strips it
     * @param variables further variables, as {@link #render} takes them: {@code tools}, {@code enable_thinking}, and
     *     special tokens such as {@code bos_token} as {@link #trusted} texts
     * @throws TemplateException as {@link #render} does, and if the last message is to be continued but is not printed
     *     unchanged
     * @throws IllegalArgumentException if there is no message, if both flags are set, if a message that calls tools is
     *     to be continued, or if a variable has the name of one set here
     */
    public Rendered renderChat(
            List<Message> messages,
            boolean addGenerationPrompt,
            boolean continueFinalMessage,
            Map<String, ? extends @Nullable Object> variables) {
        return renderChat(messages, null, addGenerationPrompt, continueFinalMessage, variables);
    }

    /**
     * Renders a conversation as {@link #renderChat(List, boolean, boolean, Map)} does, with the tool calls in the
     * contents of their messages.
     *
     * @param writer writes the calls after the content of their message; null passes them as {@code tool_calls}
     */
    public Rendered renderChat(
            List<Message> messages,
            @Nullable CallWriter writer,
            boolean addGenerationPrompt,
            boolean continueFinalMessage,
            Map<String, ? extends @Nullable Object> variables) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("messages must not be empty");
        }
        if (addGenerationPrompt && continueFinalMessage) {
            throw new IllegalArgumentException(
                    "addGenerationPrompt and continueFinalMessage exclude each other: one begins a turn, the other goes"
                            + " on with one");
        }
        Map<String, @Nullable Object> context = new HashMap<>(variables);
        for (String name : List.of("messages", "add_generation_prompt")) {
            if (context.containsKey(name)) {
                throw new IllegalArgumentException("the variable '" + name + "' is set by renderChat, leave it out");
            }
        }
        context.put("add_generation_prompt", addGenerationPrompt);
        Message last = messages.get(messages.size() - 1);
        String content = last.content();
        if (!continueFinalMessage) {
            context.put("messages", values(messages, writer, Text.marked(content, Text.DATA)));
            return render(context);
        }
        if (!last.toolCalls().isEmpty()) {
            throw new IllegalArgumentException("the last message calls tools, so it is over and cannot be continued;"
                    + " add the results of its calls (Message.toolResult)");
        }
        context.put("messages", values(messages, writer, Text.marked(content, Text.DATA | Text.CONTINUED)));
        Text rendered = renderText(context);
        if (Continuation.stripped(content).isEmpty() && (rendered.allMarks() & Text.CONTINUED) == 0) {
            // An empty content leaves no trace of its place: a placeholder does, and is cut off again.
            context.put("messages", values(messages, writer, Text.marked("x", Text.DATA | Text.CONTINUED)));
            return Continuation.cut(renderText(context), "x", false).toRendered();
        }
        return Continuation.cut(rendered, content, true).toRendered();
    }

    private static List<Map<String, Object>> values(
            List<Message> messages, @Nullable CallWriter writer, Text lastContent) {
        List<Map<String, Object>> values = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            Text content = i == messages.size() - 1 ? lastContent : Text.marked(message.content(), Text.DATA);
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("role", trusted(message.role().key()));
            if (!message.reasoning().isEmpty()) {
                value.put("reasoning_content", message.reasoning());
            }
            if (writer != null && !message.toolCalls().isEmpty()) {
                value.put("content", joined(content, writer.pieces(message.toolCalls())));
            } else {
                value.put("content", content);
                ToolValues.put(message, value);
            }
            values.add(value);
        }
        return values;
    }

    private static Text joined(Text content, List<Object> pieces) {
        StringBuilder chars = new StringBuilder(content.chars());
        TextBuilder.Runs runs = new TextBuilder.Runs();
        runs.add(0, content.length(), content.allMarks());
        for (Object piece : pieces) {
            int from = chars.length();
            chars.append(piece instanceof Text text ? text.chars() : (String) piece);
            runs.add(from, chars.length(), piece instanceof Text text ? text.allMarks() : Text.DATA);
        }
        return Text.withRuns(chars.toString(), runs.toArray());
    }
}
