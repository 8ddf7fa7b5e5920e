package dev.llmadapt.local.decoding;

import java.util.Arrays;
import java.util.Set;

/**
 * A chooser that restricts an answer to one of some choices: tokens that lead to none of them get no probability, and
 * the rest is chosen as the sampler would. Where one text is the beginning of another, the model's own end of the
 * answer decides. The answer is complete as soon as a single text is left, or, where every token is to have logits,
 * with that text's last token.
 */
final class ChoiceChooser implements Chooser {
    private final Sampler sampler;
    private final Set<Integer> endIds;
    private final boolean everyToken;
    private ChoiceTrie node;

    /**
     * Makes a chooser for one answer.
     *
     * @param sampler for which no token ends an answer
     * @param endIds tokens that end an answer
     * @param everyToken whether tokens that must follow are chosen from logits too
     */
    ChoiceChooser(ChoiceTrie choices, Sampler sampler, Set<Integer> endIds, boolean everyToken) {
        this.node = choices;
        this.sampler = sampler;
        this.endIds = endIds;
        this.everyToken = everyToken;
    }

    @Override
    public int choose(float[] logits) {
        float[] allowed = new float[logits.length];
        Arrays.fill(allowed, Float.NEGATIVE_INFINITY);
        for (int id : node.next().keySet()) {
            allowed[id] = logits[id];
        }
        if (node.choice().isPresent()) {
            for (int id : endIds) {
                allowed[id] = logits[id];
            }
        }
        int id = sampler.choose(allowed);
        ChoiceTrie chosen = node.next().get(id);
        if (chosen == null) {
            return END;
        }
        node = chosen;
        return id;
    }

    @Override
    public int[] forced(int most) {
        int[] ids = new int[most];
        int count = 0;
        ChoiceTrie at = node;
        while (count < most && at.next().size() == 1 && at.choice().isEmpty()) {
            int id = at.next().keySet().iterator().next();
            at = at.next().values().iterator().next();
            if (complete(at)) {
                break; // nothing is chosen after it, so it need not be read
            }
            ids[count++] = id;
        }
        return Arrays.copyOf(ids, count);
    }

    @Override
    public boolean complete() {
        return complete(node);
    }

    private boolean complete(ChoiceTrie at) {
        return everyToken ? at.next().isEmpty() : at.only().isPresent();
    }
}
