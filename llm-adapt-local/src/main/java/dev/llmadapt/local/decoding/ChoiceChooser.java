package dev.llmadapt.local.decoding;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A chooser that restricts an answer to one of some choices: tokens that lead to none of them get no probability, and
 * the rest is chosen as the sampler would. Where one text is the beginning of another, the model's own end of the
 * answer decides. The answer is complete as soon as a single text is left.
 */
final class ChoiceChooser implements Chooser {
    private final Sampler sampler;
    private final Set<Integer> endIds;
    private ChoiceTrie node;
    private boolean ended;

    ChoiceChooser(ChoiceTrie choices, Sampler sampler, Set<Integer> endIds) {
        this.node = choices;
        this.sampler = sampler;
        this.endIds = endIds;
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
            ended = true;
            return END;
        }
        node = chosen;
        return id;
    }

    @Override
    public boolean complete() {
        return node.only().isPresent();
    }

    /** Returns the choice, once the answer is over. */
    Optional<String> result() {
        return ended ? node.choice() : node.only();
    }
}
