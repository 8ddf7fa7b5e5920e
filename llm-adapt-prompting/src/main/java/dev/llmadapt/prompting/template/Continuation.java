package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Rendered.Span;
import java.util.List;

/** The cut after the last message of a rendered conversation: Hugging Face's {@code continue_final_message}. */
final class Continuation {
    private Continuation() {}

    /**
     * The text up to the last occurrence of the content.
     *
     * @param content the text that was marked as {@link Text#CONTINUED}
     * @param keep whether the content itself is kept
     */
    static Text cut(Text rendered, String content, boolean keep) {
        List<Span> spans = rendered.spans(Text.CONTINUED);
        Span last = spans.isEmpty() ? new Span(0, 1) : spans.get(spans.size() - 1);
        String printed = spans.isEmpty() ? "" : rendered.chars().substring(last.start(), last.end());
        if (spans.isEmpty() || !content.contains(printed) || !stripped(printed).equals(stripped(content))) {
            throw new TemplateException(
                    "the template does not print the last message as it is, so that it cannot be continued", 1);
        }
        if (!keep) {
            return rendered.upTo(last.start());
        }
        // the content's white space at its end, where the template takes it off and writes the same
        String rest = content.substring(content.lastIndexOf(printed) + printed.length());
        return rendered.upTo(last.end() + (rendered.chars().startsWith(rest, last.end()) ? rest.length() : 0));
    }

    /** The text without the white space that Python strips. */
    static String stripped(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && Characters.isSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && Characters.isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
