package dev.llmadapt.prompting.tool;

import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OutputConstraint.Triggered.Notation;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A form in which a family of models writes tool calls. Each is a row: what stands before all calls, before and after
 * the arguments of each, between two, and after all.
 */
public enum ToolFormat {
    /**
     * A JSON object between tags, once for each call: Hermes, Qwen 2.5 and 3, Granite 4, SmolLM3.
     *
     * <pre>{@code
     * <tool_call>
     * {"name": "weather", "arguments": {"city": "Bern"}}
     * </tool_call>
     * }</pre>
     */
    HERMES(
            List.of("<tool_call>"),
            false,
            List.of(""),
            "<tool_call>\n{\"name\": \"NAME\", \"arguments\": ",
            "}\n</tool_call>",
            Optional.of("\n"),
            "",
            Notation.JSON),
    /** A JSON object that is the whole answer, with or without {@code <|python_tag|>}; one call. Llama 3.1 to 3.3. */
    LLAMA(
            List.of("{\"name\":", "<|python_tag|>"),
            true,
            List.of("", "<|python_tag|>"),
            "{\"name\": \"NAME\", \"parameters\": ",
            "}",
            Optional.empty(),
            "",
            Notation.JSON),
    /**
     * A JSON object that is the whole answer, without a marker or in a block of {@code ```json}; one call. What models
     * write that do not keep to the markers of their template, such as Qwen2.5-Coder.
     */
    JSON(
            List.of("{\"name\":", "```json"),
            true,
            List.of("", "```json\n"),
            "{\"name\": \"NAME\", \"arguments\": ",
            "}",
            Optional.empty(),
            "",
            Notation.JSON),
    /** A JSON array after {@code [TOOL_CALLS]}: Mistral up to Small 3.1. */
    MISTRAL(
            List.of("[TOOL_CALLS]"),
            false,
            List.of("[TOOL_CALLS][", "[TOOL_CALLS] ["),
            "{\"name\": \"NAME\", \"arguments\": ",
            "}",
            Optional.of(", "),
            "]",
            Notation.JSON),
    /** A name and a JSON object for each call, {@code [TOOL_CALLS]weather[ARGS]{...}}: Mistral from Small 3.2 on. */
    MISTRAL_ARGS(
            List.of("[TOOL_CALLS]"),
            false,
            List.of(""),
            "[TOOL_CALLS]NAME[ARGS]",
            "",
            Optional.of(""),
            "",
            Notation.JSON),
    /** A JSON array after {@code <|tool_call|>}: Granite 3. */
    GRANITE(
            List.of("<|tool_call|>"),
            false,
            List.of("<|tool_call|>[", "<|tool_call|> ["),
            "{\"name\": \"NAME\", \"arguments\": ",
            "}",
            Optional.of(", "),
            "]",
            Notation.JSON),
    /** A list of calls in Python that is the whole answer, {@code [weather(city="Bern")]}: Llama 3.2 and 4, Gemma. */
    PYTHONIC(List.of("["), true, List.of("["), "NAME(", ")", Optional.of(", "), "]", Notation.PYTHON_ARGUMENTS),
    /** Calls in Python between {@code <code>} tags, one a line: SmolLM3 with its {@code python_tools}. */
    PYTHON_CODE(
            List.of("<code>"),
            false,
            List.of("<code>\n"),
            "NAME(",
            ")",
            Optional.of("\n"),
            "\n</code>",
            Notation.PYTHON_ARGUMENTS);

    private static final String NAME = "NAME";

    final List<String> triggers;
    final boolean atStart;
    final List<String> opens;
    final String end;
    final Optional<String> separator;
    final String close;
    final Notation notation;
    private final String begin;

    /**
     * A row.
     *
     * @param triggers texts one of which begins every block of calls, and which the text before never has
     * @param atStart whether calls are only at the start of an answer
     * @param opens what may stand before all calls
     * @param begin what stands before the arguments of a call, with {@link #NAME} for the tool's name
     * @param end what stands after them
     * @param separator what stands between two calls; empty if there is only one
     * @param close what stands after all
     */
    ToolFormat(
            List<String> triggers,
            boolean atStart,
            List<String> opens,
            String begin,
            String end,
            Optional<String> separator,
            String close,
            Notation notation) {
        this.triggers = triggers;
        this.atStart = atStart;
        this.opens = opens;
        this.begin = begin;
        this.end = end;
        this.separator = separator;
        this.close = close;
        this.notation = notation;
    }

    /** The name in options: lower case with hyphens. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /**
     * The format of a name.
     *
     * @throws IllegalArgumentException if there is none; names those there are
     */
    public static ToolFormat of(String key) {
        return Arrays.stream(values())
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown tool format '" + key + "', expected one of " + keys()));
    }

    /** The names of all formats, separated by commas. */
    public static String keys() {
        return Arrays.stream(values()).map(ToolFormat::key).collect(Collectors.joining(", "));
    }

    /**
     * The texts of this format that tokenizers may have as special tokens, such as {@code <|python_tag|>}: an answer
     * with tools has to show them.
     */
    public List<String> markers() {
        return switch (this) {
            case HERMES -> List.of("<tool_call>", "</tool_call>");
            case LLAMA -> List.of("<|python_tag|>");
            case MISTRAL -> List.of("[TOOL_CALLS]");
            case MISTRAL_ARGS -> List.of("[TOOL_CALLS]", "[ARGS]");
            case GRANITE -> List.of("<|tool_call|>");
            case JSON, PYTHONIC -> List.of();
            case PYTHON_CODE -> List.of("<code>", "</code>");
        };
    }

    /** Whether calls are only at the start of an answer, so that text and calls exclude each other. */
    public boolean atStart() {
        return atStart;
    }

    /** The texts one of which begins what calls tools, as far as one answer may have it. */
    public List<String> triggers(List<ToolSpec> tools) {
        return this == PYTHONIC
                ? tools.stream().map(tool -> "[" + tool.name() + "(").toList()
                : triggers;
    }

    /** Whether a text of the chat template is in this format rather than one that its reader takes, too. */
    boolean isIn(String text) {
        return Stream.of("\"arguments\"", "\"parameters\"").allMatch(key -> !begin.contains(key) || text.contains(key));
    }

    String begin(String tool) {
        return begin.replace(NAME, tool);
    }

    /**
     * The constraint that an answer with tools is under: free text up to a trigger, then calls whose arguments fit the
     * schemas of their tools; only calls where the choice requires them.
     *
     * @throws IllegalArgumentException if a tool cannot be called in this format
     */
    public OutputConstraint.Triggered constraint(List<ToolSpec> tools, ToolChoice choice) {
        return ToolConstraint.of(this, tools, choice);
    }

    /**
     * Reads an answer.
     *
     * @param answer the whole text, with the markers
     */
    public ParsedCalls parse(String answer) {
        return CallParser.parse(this, answer);
    }

    /** Writes calls as the model would: texts that are data, and the format's own, which are trusted. */
    List<Object> write(List<ToolCall> calls) {
        return CallText.of(this, calls);
    }
}
