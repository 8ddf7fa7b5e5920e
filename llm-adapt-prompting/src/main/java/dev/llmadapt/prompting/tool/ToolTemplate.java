package dev.llmadapt.prompting.tool;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.Rendered;
import dev.llmadapt.prompting.template.TemplateException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template does with tools, found by asking it: which variable it shows them from, whether it writes calls
 * and results, and in which format. What it would leave out silently is refused by name. Thread-safe.
 */
public final class ToolTemplate {
    private static final ToolSpec TOOL = ToolSpec.of("probe_tool", "A tool.");
    private static final ToolCall CALL =
            new ToolCall("abc123def", "probe_tool", "{\"probe_argument\": \"probe_value\"}");
    private static final String RESULT = "probe_result";
    private static final Message USER = Message.user("A question.");
    /** Variables from which templates show tools. */
    private static final List<String> VARIABLES = List.of("tools", "xml_tools");

    private final ChatTemplate template;
    private final String source;
    private final Map<String, ?> variables;
    private final Optional<ToolFormat> chosen;
    private @Nullable Findings findings; // made when first needed

    /**
     * A template.
     *
     * @param source its text
     * @param variables what every rendering with it has, such as {@code bos_token}
     * @param chosen the format in which the model writes calls; empty finds it
     */
    public ToolTemplate(ChatTemplate template, String source, Map<String, ?> variables, Optional<ToolFormat> chosen) {
        this.template = template;
        this.source = source;
        this.variables = new LinkedHashMap<>(variables);
        this.chosen = chosen;
    }

    /**
     * What was found.
     *
     * @param variable the variable that tools are shown from, empty if they are not shown
     * @param calls whether the template writes calls
     * @param results whether it writes results
     * @param format the format of calls, if it is known
     * @param trouble what the template said against one of these, or empty
     */
    private record Findings(
            String variable, boolean calls, boolean results, Optional<ToolFormat> format, String trouble) {}

    /** Whether a request needs this: it has tools that may be called, or its conversation has calls or results. */
    public static boolean isNeeded(Request request) {
        return request.callsTools()
                || request.messages().stream()
                        .anyMatch(message -> !message.toolCalls().isEmpty() || message.role() == Role.TOOL);
    }

    /**
     * The format in which the model writes calls.
     *
     * @throws IllegalArgumentException if the template does not show tools, or its format is none that is known
     */
    public ToolFormat format() {
        Findings found = findings();
        if (found.variable().isEmpty()) {
            throw new IllegalArgumentException("the model's chat template does not show tools, so a request with tools"
                    + " cannot be answered" + found.trouble() + "; leave the tools out, take a model that was trained"
                    + " with them, or open this one with another template (ModelOptions.withChatTemplate,"
                    + " --chat-template)");
        }
        return found.format()
                .orElseThrow(
                        () -> new IllegalArgumentException("the model's chat template does not tell in which format"
                                + " it writes tool calls" + found.trouble() + "; set it when the model is opened"
                                + " (ModelOptions.withToolFormat, --tool-format), one of " + ToolFormat.keys()));
    }

    /**
     * Lays a conversation out, its tools, calls and results included.
     *
     * @param addGenerationPrompt whether to end with the beginning of the model's turn
     * @param continueFinalMessage whether to end right after the last message's content
     * @throws IllegalArgumentException if the template would leave tools, calls, results or template arguments out
     * @throws TemplateException if the template refuses the conversation
     */
    public Rendered render(Request request, boolean addGenerationPrompt, boolean continueFinalMessage) {
        Findings found = findings();
        Map<String, @Nullable Object> all = new LinkedHashMap<>(variables);
        all.putAll(template.requireArguments(request.templateArguments(), variables.keySet()));
        if (request.callsTools()) {
            format();
            all.put(found.variable(), ChatTemplate.tools(request.tools()));
        }
        boolean calls = request.messages().stream()
                .anyMatch(message -> !message.toolCalls().isEmpty());
        boolean results = request.messages().stream().anyMatch(message -> message.role() == Role.TOOL);
        if (results && !found.results()) {
            throw new IllegalArgumentException("the model's chat template does not show the results of tools, messages"
                    + " of the role tool" + found.trouble() + "; give the result in a user message instead");
        }
        ChatTemplate.@Nullable CallWriter writer = null;
        if (calls && !found.calls()) {
            writer = found.format()
                    .orElseThrow(() -> new IllegalArgumentException("the model's chat template does not show the tool"
                            + " calls of assistant messages" + found.trouble()
                            + "; set the format in which they are"
                            + " written (ModelOptions.withToolFormat, --tool-format), one of "
                            + ToolFormat.keys()))::write;
        }
        return template.renderChat(request.messages(), writer, addGenerationPrompt, continueFinalMessage, all);
    }

    private synchronized Findings findings() {
        Findings made = findings;
        if (made == null) {
            made = find();
            findings = made;
        }
        return made;
    }

    private Findings find() {
        Probe probe = new Probe();
        List<String> tried =
                chosen.filter(ToolFormat.PYTHON_CODE::equals).isPresent() ? List.of("python_tools") : VARIABLES;
        String variable = "";
        for (String each : tried) {
            if (variable.isEmpty() && probe.text(List.of(USER), each, true).contains(TOOL.name())) {
                variable = each;
            }
        }
        Message called = Message.assistant("", List.of(CALL));
        String call = probe.text(List.of(USER, called), variable, false);
        boolean calls = call.contains("probe_value");
        Optional<ToolFormat> format = chosen.isPresent() ? chosen : calls ? written(probe, variable, call) : marked();
        List<Message> whole =
                List.of(USER, calls ? called : Message.assistant("I call a tool."), Message.toolResult(CALL, RESULT));
        boolean results = probe.text(whole, variable, true).contains(RESULT);
        String trouble = probe.trouble.isEmpty() ? "" : " (it says: " + probe.trouble + ")";
        return new Findings(variable, calls, results, format, trouble);
    }

    /** Renderings of small conversations; one that is refused is empty. */
    private final class Probe {
        private String trouble = "";

        String text(List<Message> messages, String variable, boolean addGenerationPrompt) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>(variables);
            if (!variable.isEmpty()) {
                all.put(variable, ChatTemplate.tools(List.of(TOOL)));
            }
            try {
                return template.renderChat(messages, addGenerationPrompt, false, all)
                        .text();
            } catch (TemplateException e) {
                trouble = e.getMessage() == null ? trouble : e.getMessage();
                return "";
            }
        }
    }

    /**
     * Finds the format whose reader gets the call back that the template wrote: after what begins the model's turn, or
     * where that has more than the turn of a call, such as an open thought, after what stands before the turn.
     */
    private static Optional<ToolFormat> written(Probe probe, String variable, String withCall) {
        for (boolean begun : List.of(true, false)) {
            String before = probe.text(List.of(USER), variable, begun);
            int from = 0;
            while (from < Math.min(before.length(), withCall.length())
                    && before.charAt(from) == withCall.charAt(from)) {
                from++;
            }
            String turn = withCall.substring(from);
            for (ToolFormat format : ToolFormat.values()) {
                List<ToolCall> calls = format.parse(turn).calls();
                if (format.isIn(turn)
                        && calls.size() == 1
                        && calls.get(0).name().equals(CALL.name())
                        && calls.get(0).arguments().contains("probe_value")) {
                    return Optional.of(format);
                }
            }
        }
        return Optional.empty();
    }

    /** Finds the format by its marker in the source of a template that leaves calls to the application. */
    private Optional<ToolFormat> marked() {
        boolean granite = source.contains("<|tool_call|>");
        boolean hermes = source.contains("<tool_call>") && !source.contains("<function=");
        return granite == hermes ? Optional.empty() : Optional.of(granite ? ToolFormat.GRANITE : ToolFormat.HERMES);
    }
}
