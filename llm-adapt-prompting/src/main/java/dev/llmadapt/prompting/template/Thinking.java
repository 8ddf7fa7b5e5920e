package dev.llmadapt.prompting.template;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The markers between which a model writes its thought before it answers. */
public enum Thinking {
    /** DeepSeek R1, Qwen3, QwQ, SmolLM3, Granite 3.3, Phi 4 reasoning. */
    THINK("<think>", "</think>"),
    /** EXAONE Deep. */
    THOUGHT("<thought>", "</thought>"),
    /** Magistral. */
    BRACKETS("[THINK]", "[/THINK]");

    private final String begin;
    private final String end;

    Thinking(String begin, String end) {
        this.begin = begin;
        this.end = end;
    }

    /** The marker before a thought. */
    public String begin() {
        return begin;
    }

    /** The marker after a thought. */
    public String end() {
        return end;
    }

    /**
     * Finds the markers of a model: those whose end its chat template mentions, since it takes thoughts out of earlier
     * answers by it, or closes an empty one.
     *
     * @param source the template; empty if there is none
     */
    public static Optional<Thinking> of(String source) {
        return Stream.of(values()).filter(each -> source.contains(each.end)).findFirst();
    }

    /** Whether a rendered conversation ends in a thought that the template has opened: with the marker before one. */
    public boolean isOpen(Rendered rendered) {
        String text = rendered.text().stripTrailing();
        int from = text.length() - begin.length();
        return text.endsWith(begin)
                && rendered.dataSpans().stream().allMatch(span -> span.end() <= from || span.start() >= text.length());
    }

    /** Whether template arguments ask for a thought: {@code enable_thinking} or {@code thinking} is true. */
    public static boolean isAsked(Map<String, Object> arguments) {
        return Boolean.TRUE.equals(arguments.get("enable_thinking")) || Boolean.TRUE.equals(arguments.get("thinking"));
    }
}
