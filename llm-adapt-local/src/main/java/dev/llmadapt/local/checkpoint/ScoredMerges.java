package dev.llmadapt.local.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The merges that the scores of a SentencePiece BPE vocabulary imply: SentencePiece joins the two neighbours whose join
 * has the highest score, a merge list the pair that stands first, so each way to cut a token into two tokens is a merge
 * at the place of its score. Ties go as in transformers' {@code generate_merges}: the longer left part first.
 */
final class ScoredMerges {
    /** Trying every cut costs the square of a token's length; the longest of real vocabularies are runs of spaces. */
    static final int MAX_TOKEN_LENGTH = 256;

    /**
     * A token that is {@code left} joined with {@code right}.
     *
     * @param score of the join
     */
    record Merge(String left, String right, float score) {}

    private ScoredMerges() {}

    /**
     * The merges of a vocabulary, best first.
     *
     * @param tokens by id
     * @param types by id; only normal ones take part
     * @param scores by id
     * @throws IllegalArgumentException if a token is too long to try its cuts
     */
    static List<Merge> of(String[] tokens, int[] types, float[] scores) {
        Map<String, Integer> mergeable = new LinkedHashMap<>(tokens.length * 2);
        for (int id = 0; id < tokens.length; id++) {
            if (types[id] == TokenizerWriter.NORMAL) {
                if (tokens[id].length() > MAX_TOKEN_LENGTH) {
                    throw new IllegalArgumentException("token " + id + " has " + tokens[id].length()
                            + " characters, at most " + MAX_TOKEN_LENGTH + " are supported");
                }
                mergeable.put(tokens[id], id);
            }
        }
        return derive(mergeable, scores);
    }

    /**
     * Derives the merges, best first.
     *
     * @param ids of the tokens that take part
     * @param scores by id
     */
    static List<Merge> derive(Map<String, Integer> ids, float[] scores) {
        List<Merge> merges = new ArrayList<>(ids.size());
        List<Merge> cuts = new ArrayList<>();
        Comparator<Merge> byIds = Comparator.<Merge>comparingInt(merge -> id(ids, merge.left))
                .thenComparingInt(merge -> id(ids, merge.right));
        ids.forEach((token, id) -> {
            cuts.clear();
            for (int cut = 1; cut < token.length(); cut++) {
                String left = token.substring(0, cut);
                if (ids.containsKey(left)) {
                    String right = token.substring(cut);
                    if (ids.containsKey(right)) {
                        cuts.add(new Merge(left, right, scores[id]));
                    }
                }
            }
            cuts.sort(byIds);
            merges.addAll(cuts);
        });
        merges.sort(Comparator.<Merge>comparingDouble(merge -> -merge.score)
                .thenComparingInt(merge -> -length(merge.left))
                .thenComparingInt(merge -> -length(merge.right)));
        return merges;
    }

    private static int id(Map<String, Integer> ids, String token) {
        return ids.getOrDefault(token, -1);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
