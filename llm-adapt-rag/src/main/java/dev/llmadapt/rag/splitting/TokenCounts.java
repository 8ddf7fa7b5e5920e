package dev.llmadapt.rag.splitting;

import dev.llmadapt.rag.splitting.Tokens.Span;
import java.util.ArrayList;
import java.util.List;

/** The tokens of one text, counted once, by which any span of it is measured and cut. */
final class TokenCounts {
    private final List<Span> tokens;

    TokenCounts(Tokens tokens, String text) {
        this.tokens = tokens.of(text);
    }

    /** Returns the number of tokens that begin in a span. */
    int in(Span part) {
        return firstFrom(part.end()) - firstFrom(part.start());
    }

    /**
     * Cuts a span into windows, each {@code step} tokens after the one before; gaps belong to the window before them.
     */
    List<Span> windows(Span part, int size, int step) {
        int first = firstFrom(part.start());
        int last = firstFrom(part.end());
        List<Span> windows = new ArrayList<>();
        for (int from = first; from < last; from += step) {
            int to = Math.min(last, from + size);
            int start = from == first ? part.start() : tokens.get(from).start();
            windows.add(new Span(
                    start,
                    to == last ? part.end() : Math.max(start, tokens.get(to).start())));
            if (to == last) {
                break;
            }
        }
        return windows;
    }

    private int firstFrom(int position) {
        int low = 0;
        int high = tokens.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tokens.get(middle).start() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
