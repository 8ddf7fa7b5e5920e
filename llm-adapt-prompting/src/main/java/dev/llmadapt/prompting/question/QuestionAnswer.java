package dev.llmadapt.prompting.question;

import dev.llmadapt.Decision;
import java.util.List;

/**
 * The answer to a question: how probable each possible answer is.
 *
 * @param question what was asked
 * @param decision the probability of each of {@link Question#answers}, in their order
 */
public record QuestionAnswer(Question question, Decision decision) {
    /** Refuses a decision among other answers. */
    public QuestionAnswer {
        List<String> labels =
                decision.choices().stream().map(Decision.Choice::label).toList();
        if (!labels.equals(question.answers())) {
            throw new IllegalArgumentException(
                    "the decision is among " + labels + ", the question has the answers " + question.answers());
        }
    }

    /** The most probable answer; the first of equals. */
    public String best() {
        return question.answers().get(bestIndex());
    }

    /** The probability of an answer by its place. */
    public double probability(int index) {
        return decision.choices().get(index).probability();
    }

    private int bestIndex() {
        int best = 0;
        for (int i = 1; i < decision.choices().size(); i++) {
            best = probability(i) > probability(best) ? i : best;
        }
        return best;
    }

    /**
     * The probability of yes.
     *
     * @throws IllegalStateException if it was no question of yes or no
     */
    public double yes() {
        if (!(question instanceof Question.YesNo)) {
            throw new IllegalStateException("only a question of yes or no has a probability of yes, got " + question);
        }
        return probability(0);
    }

    /**
     * The mean level, from 0 to the number of levels less 1.
     *
     * @throws IllegalStateException if it was no question of a scale
     */
    public double level() {
        if (!(question instanceof Question.Scale)) {
            throw new IllegalStateException("only a question of a scale has a level, got " + question);
        }
        double mean = 0;
        for (int i = 0; i < decision.choices().size(); i++) {
            mean += i * probability(i);
        }
        return mean;
    }

    /** How far the best answer is above chance: 0 where all are equal, 1 where it is certain. */
    public double confidence() {
        double chance = 1.0 / decision.choices().size();
        return Math.max(0, (probability(bestIndex()) - chance) / (1 - chance));
    }
}
