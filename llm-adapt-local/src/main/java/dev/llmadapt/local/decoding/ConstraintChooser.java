package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.local.constraint.ConstraintException;
import dev.llmadapt.local.constraint.TokenMatcher;
import dev.llmadapt.local.constraint.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;

/**
 * A chooser that restricts an answer to texts of a constraint: tokens whose bytes may not stand there get no
 * probability, and the rest is chosen as the sampler would. Where the text may end, the model's own end of the answer
 * decides; it is complete as soon as nothing may follow.
 */
final class ConstraintChooser implements Chooser {
    private static final int MAX_SHOWN = 40;
    /** Text of at most so many bytes is looked ahead for each token that is drafted. */
    private static final int BYTES_A_TOKEN = 16;

    private final TokenMatcher matcher;
    private final Vocabulary vocabulary;
    private final Function<String, int[]> tokens;
    private final Sampler sampler;
    private final Set<Integer> endIds;
    private final String kind;
    private final long[] mask;

    /**
     * Makes a chooser for one answer.
     *
     * @param tokens makes the tokens of a text in which nothing is special
     * @param sampler for which no token ends an answer
     * @param endIds tokens that end an answer
     */
    ConstraintChooser(
            OutputConstraint constraint,
            TokenMatcher matcher,
            Vocabulary vocabulary,
            Function<String, int[]> tokens,
            Sampler sampler,
            Set<Integer> endIds) {
        this.matcher = matcher;
        this.vocabulary = vocabulary;
        this.tokens = tokens;
        this.sampler = sampler;
        this.endIds = endIds;
        this.kind = constraint.kind();
        this.mask = new long[vocabulary.words()];
    }

    /**
     * Chooses the next token among those whose bytes may come.
     *
     * @throws InferenceException if there are none
     */
    @Override
    public int choose(float[] logits) {
        try {
            matcher.mask(mask);
        } catch (ConstraintException e) {
            throw stopped(e);
        }
        boolean ends = matcher.mayEnd();
        boolean any = false;
        for (int id = 0; id < logits.length; id++) {
            if (allowed(id) || (ends && endIds.contains(id))) {
                any = true;
            } else {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
        if (!any && ends) {
            return END; // such as one that must not go on, by a model without a token for the end
        }
        if (!any) {
            throw noToken();
        }
        int id = sampler.choose(logits);
        if (endIds.contains(id) && !allowed(id)) {
            return END;
        }
        if (!accept(id)) {
            throw noToken();
        }
        return id;
    }

    @Override
    public int[] forced(int most) {
        byte[] forced = matcher.forced(most * BYTES_A_TOKEN);
        if (forced.length == 0) {
            return new int[0];
        }
        int[] ids = tokens.apply(new String(forced, StandardCharsets.UTF_8));
        int count = 0;
        for (int at = 0; count < Math.min(most, ids.length); count++) { // a tokenizer may add to a text or change it
            byte[] token = vocabulary.bytes(ids[count]);
            if (token.length == 0
                    || token.length > forced.length - at
                    || Arrays.mismatch(token, Arrays.copyOfRange(forced, at, at + token.length)) >= 0) {
                break;
            }
            at += token.length;
        }
        return Arrays.copyOf(ids, count);
    }

    private boolean accept(int id) {
        try {
            return matcher.accept(id);
        } catch (ConstraintException e) {
            throw stopped(e);
        }
    }

    private InferenceException stopped(ConstraintException e) {
        return new InferenceException("the answer under " + kind + " cannot go on: " + e.getMessage(), e);
    }

    private boolean allowed(int id) {
        return id >>> 6 < mask.length && (mask[id >>> 6] >>> id & 1) != 0;
    }

    private InferenceException noToken() {
        String forced = new String(matcher.forced(MAX_SHOWN + 1), StandardCharsets.UTF_8);
        String shown = forced.length() > MAX_SHOWN ? forced.substring(0, MAX_SHOWN) + "..." : forced;
        return new InferenceException("no token of the model's vocabulary goes on with the text that was begun under "
                + kind + (shown.isEmpty() ? "" : ": '" + shown + "' must follow")
                + "; such a tokenizer cannot write this constraint");
    }

    @Override
    public boolean complete() {
        return matcher.mustEnd();
    }
}
