package dev.llmadapt.rag.splitting;

import dev.llmadapt.rag.splitting.Tokens.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * A packing of sections into passages of limited size.
 *
 * @param tokens the tokens that are counted
 * @param size the maximal number of tokens of a passage
 * @param overlap the maximal number of tokens that a passage shares with the one before
 * @param boundaries the boundaries from coarse to fine; a piece that no boundary makes small enough is cut by tokens
 */
record Packing(Tokens tokens, int size, int overlap, List<Boundaries> boundaries) {
    Packing {
        if (size < 1) {
            throw new IllegalArgumentException("size must be at least 1 token, size: " + size);
        }
        if (overlap < 0 || overlap >= size) {
            throw new IllegalArgumentException("overlap must be in [0, size), overlap: " + overlap + ", size: " + size);
        }
    }

    List<TextSplitter.Section> pack(String text, TextSplitter.Section section) {
        TokenCounts counts = new TokenCounts(tokens, text);
        List<Span> pieces = new ArrayList<>();
        if (boundaries.isEmpty()) {
            pieces = counts.windows(section.span(), size, size - overlap);
        } else {
            cut(text, section.span(), 0, counts, pieces);
            pieces = packed(pieces, counts);
        }
        return pieces.stream()
                .map(piece -> new TextSplitter.Section(section.heading(), piece))
                .toList();
    }

    /** Cuts a span into pieces of which each fits. */
    private void cut(String text, Span part, int level, TokenCounts counts, List<Span> pieces) {
        if (counts.in(part) <= size) {
            pieces.add(part);
        } else if (level == boundaries.size()) {
            pieces.addAll(counts.windows(part, size, size));
        } else {
            for (Span smaller : boundaries.get(level).cut(text, part)) {
                cut(text, smaller, level + 1, counts, pieces);
            }
        }
    }

    /**
     * Joins neighbours while they fit. Each passage begins with the last pieces of the one before that fit the overlap.
     */
    private List<Span> packed(List<Span> pieces, TokenCounts counts) {
        List<Span> passages = new ArrayList<>();
        int first = 0; // piece that the passage begins with
        int end = 0; // the piece after its last
        while (end < pieces.size()) {
            int fresh = end;
            while (end < pieces.size() && counts.in(join(pieces, first, end)) <= size) {
                end++;
            }
            if (end == fresh) { // the repeated pieces leave no room for a new one
                first++;
                continue;
            }
            passages.add(join(pieces, first, end - 1));
            int back = end;
            while (back - 1 > first && counts.in(join(pieces, back - 1, end - 1)) <= overlap) {
                back--;
            }
            first = back;
        }
        return passages;
    }

    private static Span join(List<Span> pieces, int first, int last) {
        return new Span(pieces.get(first).start(), pieces.get(last).end());
    }
}
