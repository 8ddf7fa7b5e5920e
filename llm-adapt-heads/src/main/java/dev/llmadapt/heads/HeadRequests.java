package dev.llmadapt.heads;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Timings;
import dev.llmadapt.Usage;
import java.util.List;

/** What all heads ask of a request. */
final class HeadRequests {
    /** A text of a megabyte is a mistake. */
    static final int MAX_WORDS = 1 << 18;

    private HeadRequests() {}

    /** Refuses what no head can answer; returns the number of words of the text. */
    static int check(Request request) {
        if (!request.adapters().isEmpty()) {
            throw new IllegalArgumentException("a head has no adapters, unknown: "
                    + request.adapters().stream().map(AdapterUse::name).toList());
        }
        if (request.raw()) {
            throw new IllegalArgumentException("a head answers messages, it cannot go on with raw text");
        }
        request.requireNoTools("a head");
        if (request.last().role() == Role.ASSISTANT) {
            throw new IllegalArgumentException("a head answers with a whole label, it cannot go on with the beginning"
                    + " of an answer; ask without the last assistant message");
        }
        String text = Features.text(request);
        if (text.isBlank()) {
            throw new IllegalArgumentException("a head needs a text to answer, the last user message is empty");
        }
        int words = words(text);
        if (words > MAX_WORDS) {
            throw new IllegalArgumentException(
                    "the text has " + words + " words, a head answers at most " + MAX_WORDS + "; shorten it");
        }
        return words;
    }

    private static int words(String text) {
        int words = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            boolean space = Character.isWhitespace(text.charAt(i));
            words += inside || space ? 0 : 1;
            inside = !space;
        }
        return words;
    }

    static Generation interrupted() {
        return new Generation("", List.of(), FinishReason.INTERRUPTED, Usage.NONE, Timings.NONE, "");
    }

    static void requireOpen(boolean closed) {
        if (closed) {
            throw new IllegalStateException("the head is closed; train or load it again to use it");
        }
    }
}
