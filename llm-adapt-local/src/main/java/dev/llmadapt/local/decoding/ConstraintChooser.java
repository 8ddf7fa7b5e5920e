package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.local.constraint.ConstraintException;
import dev.llmadapt.local.constraint.TokenMatcher;
import dev.llmadapt.local.constraint.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A chooser that restricts an answer to texts of a constraint: tokens whose bytes may not stand there get no
 * probability, and the rest is chosen as the sampler would. Where the text may end, the model's own end of the answer
 * decides; it is complete as soon as nothing may follow.
 */
final class ConstraintChooser implements Chooser {
    private static final int MAX_SHOWN = 40;

    private final TokenMatcher matcher;
    private final Sampler sampler;
    private final Set<Integer> endIds;
    private final String kind;
    private final long[] mask;

    /**
     * Makes a chooser for one answer.
     *
     * @param sampler for which no token ends an answer
     * @param endIds tokens that end an answer
     */
    ConstraintChooser(
            OutputConstraint constraint,
            TokenMatcher matcher,
            Vocabulary vocabulary,
            Sampler sampler,
            Set<Integer> endIds) {
        this.matcher = matcher;
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
        String forced = new String(matcher.forced(), StandardCharsets.UTF_8);
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
