package dev.llmadapt.pilot.judging;

import dev.llmadapt.Decision;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import java.util.List;

/**
 * A language model that judges answers in free text by a rubric.
 *
 * <p>A grade is the mean of the scale 1 to 5, weighted by the probability that the model gives to each number, and put
 * into [0, 1] (Liu et al. 2023, "G-Eval": finer than the number that a model writes, and the same each time). Of two
 * answers each comes first once; where the orders disagree it is a tie (Zheng et al. 2023, "Judging LLM-as-a-Judge with
 * MT-Bench and Chatbot Arena", who find that models favour a position).
 *
 * <p>A judge can be wrong, prefers long answers and those of its own kind, and can be told what to say by the answer
 * that it reads. {@link GradeAgreement} measures it against people. Thread-safe; the model stays open.
 */
public final class Judge {
    /** The rubric where none is given. */
    public static final String DEFAULT_RUBRIC =
            "You grade answers. A good answer says what the reference answer says, leaves out nothing that matters, adds"
                    + " nothing that is wrong, and is easy to read. Wording and length do not matter.";

    private static final List<String> SCALE = List.of("1", "2", "3", "4", "5");
    private static final List<String> SIDES = List.of("A", "B");

    private final Model model;
    private final String rubric;

    /**
     * A judge.
     *
     * @param model who judges
     * @param rubric what makes an answer good, for the model to read; not blank
     * @throws IllegalArgumentException if the rubric is blank, or the model does not score
     */
    public Judge(Model model, String rubric) {
        if (rubric.isBlank()) {
            throw new IllegalArgumentException("the rubric of a judge must not be blank");
        }
        model.info().requireScoring("a judge", "let a model judge that scores, such as a local one");
        this.model = model;
        this.rubric = rubric.strip();
    }

    /** The name of the model. */
    public String name() {
        return model.info().name();
    }

    /** The rubric. */
    public String rubric() {
        return rubric;
    }

    /**
     * The grade of an answer, in [0, 1].
     *
     * @throws IllegalArgumentException if the prompt is too long for the model
     */
    public double grade(JudgedAnswer judged) {
        Decision decision = choose(
                given(judged.question(), judged.reference()) + "Answer:\n"
                        + judged.answer().strip()
                        + "\n\nGrade the answer from 1 (worst) to 5 (best). Reply with the number only.",
                SCALE);
        double mean = 0;
        for (int i = 0; i < SCALE.size(); i++) {
            mean += i * decision.choices().get(i).probability();
        }
        return mean / (SCALE.size() - 1);
    }

    /**
     * The better of two answers to one question, each of which comes first once.
     *
     * @throws IllegalArgumentException if the prompt is too long for the model
     */
    public Preference prefer(String question, String reference, String first, String second) {
        boolean firstAhead =
                choose(both(question, reference, first, second), SIDES).label().equals("A");
        boolean secondAhead =
                choose(both(question, reference, second, first), SIDES).label().equals("A");
        return firstAhead == secondAhead ? Preference.TIE : firstAhead ? Preference.FIRST : Preference.SECOND;
    }

    private Decision choose(String text, List<String> choices) {
        return Decision.of(model.score(Request.of(Message.system(rubric), Message.user(text)), choices));
    }

    private static String both(String question, String reference, String a, String b) {
        return given(question, reference) + "Answer A:\n" + a.strip() + "\n\nAnswer B:\n" + b.strip()
                + "\n\nWhich answer is better? Reply with A or B only.";
    }

    private static String given(String question, String reference) {
        String right = reference.isBlank() ? "" : "Reference answer:\n" + reference.strip() + "\n\n";
        return "Question:\n" + question.strip() + "\n\n" + right;
    }
}
