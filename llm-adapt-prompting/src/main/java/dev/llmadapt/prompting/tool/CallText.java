package dev.llmadapt.prompting.tool;

import dev.llmadapt.OutputConstraint.Triggered.Notation;
import dev.llmadapt.ToolCall;
import dev.llmadapt.prompting.template.ChatTemplate;
import java.util.ArrayList;
import java.util.List;

/** The text of tool calls in a format. */
final class CallText {
    private CallText() {}

    /** Returns pieces: the format's own texts are trusted, names and arguments are data. */
    static List<Object> of(ToolFormat format, List<ToolCall> calls) {
        if (calls.size() > 1 && format.separator.isEmpty()) {
            throw new IllegalArgumentException("the format " + format.key() + " has one call in a message, got "
                    + calls.size() + "; put each in a message of its own, with its result after it");
        }
        List<Object> pieces = new ArrayList<>();
        pieces.add(ChatTemplate.trusted(format.opens.get(0)));
        for (int i = 0; i < calls.size(); i++) {
            if (i > 0) {
                pieces.add(ChatTemplate.trusted(format.separator.orElseThrow()));
            }
            ToolCall call = calls.get(i);
            String[] around = format.begin("\0").split("\0", -1);
            pieces.add(ChatTemplate.trusted(around[0]));
            pieces.add(call.name());
            pieces.add(ChatTemplate.trusted(around[1]));
            pieces.add(
                    format.notation == Notation.JSON
                            ? JsonSpans.onOneLine(call.arguments())
                            : PythonLiterals.arguments(call.arguments()));
            pieces.add(ChatTemplate.trusted(format.end));
        }
        pieces.add(ChatTemplate.trusted(format.close));
        return pieces;
    }
}
