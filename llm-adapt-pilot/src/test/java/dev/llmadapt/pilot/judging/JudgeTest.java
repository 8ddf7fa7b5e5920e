package dev.llmadapt.pilot.judging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.ToyModel;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class JudgeTest {
    @Test
    void grade_probabilities_isTheWeightedMeanOfTheScale() {
        Judge judge = new Judge(
                model((prompt, choice) -> choice.equals("5") ? 0.6 : choice.equals("4") ? 0.3 : 0.1 / 3), "Be fair.");
        // 5 * 0.6 + 4 * 0.3 + (1 + 2 + 3) * 0.1 / 3 = 4.4 of 1 to 5
        assertThat(judge.grade(new JudgedAnswer("q", "r", "a"))).isCloseTo(3.4 / 4, within(1e-9));
        Judge best = new Judge(model((prompt, choice) -> choice.equals("5") ? 1 : 0.0), "Be fair.");
        assertThat(best.grade(new JudgedAnswer("q", "", "a"))).isEqualTo(1);
    }

    @Test
    void grade_prompt_hasRubricQuestionReferenceAndAnswer() {
        List<Request> asked = new ArrayList<>();
        Judge judge = new Judge(
                model((prompt, choice) -> {
                    asked.add(prompt);
                    return 0.2;
                }),
                " Be fair. ");
        assertThat(judge.grade(new JudgedAnswer("Where?", "Here.", "There."))).isCloseTo(0.5, within(1e-9));
        assertThat(asked.get(0).messages().get(0).content()).isEqualTo("Be fair.");
        assertThat(asked.get(0).last().content())
                .startsWith("Question:\nWhere?\n\nReference answer:\nHere.\n\nAnswer:\nThere.\n");
        judge.grade(new JudgedAnswer("Where?", " ", "There."));
        assertThat(asked.get(asked.size() - 1).last().content()).doesNotContain("Reference");
    }

    @Test
    void prefer_ordersDisagree_isATie() {
        Judge alwaysFirst = new Judge(model((prompt, choice) -> choice.equals("A") ? 0.9 : 0.1), "Be fair.");
        assertThat(alwaysFirst.prefer("q", "r", "x", "y")).isEqualTo(Preference.TIE);
        Judge longer = new Judge(
                model((prompt, choice) -> {
                    String text = prompt.last().content();
                    boolean first = text.indexOf("long answer") < text.indexOf("short");
                    return choice.equals("A") == first ? 0.9 : 0.1;
                }),
                "Be fair.");
        assertThat(longer.prefer("q", "r", "long answer", "short")).isEqualTo(Preference.FIRST);
        assertThat(longer.prefer("q", "r", "short", "long answer")).isEqualTo(Preference.SECOND);
        assertThatThrownBy(() -> new Judge(new ToyModel(), " ")).hasMessageContaining("rubric");
    }

    @Test
    void agreement_knownGrades_isKnown() {
        double[] people = {1, 2, 3, 4, 5};
        GradeAgreement same = GradeAgreement.of(people, people);
        assertThat(same).isEqualTo(new GradeAgreement(5, 1, 1, 0));
        GradeAgreement turned = GradeAgreement.of(new double[] {5, 4, 3, 2, 1}, people);
        assertThat(turned.spearman()).isEqualTo(-1);
        assertThat(turned.kappa()).isEqualTo(-1);
        assertThat(turned.difference()).isCloseTo(2.4, within(1e-12));
        // ranks 1, 2.5, 2.5, 5, 6, 4 and 1, 3, 2, 5, 5, 5; rounded grades 1, 2, 2, 4, 5, 3: 3 of 19 squares are seen
        GradeAgreement some =
                GradeAgreement.of(new double[] {1.2, 2.2, 2.2, 3.6, 4.9, 3.1}, new double[] {1, 3, 2, 4, 4, 4});
        assertThat(some.spearman()).isCloseTo(0.9240616554505462, within(1e-12));
        assertThat(some.kappa()).isCloseTo(1 - 3.0 / 19, within(1e-12));
        assertThat(GradeAgreement.of(new double[] {3, 3}, new double[] {3, 3}))
                .isEqualTo(new GradeAgreement(2, 0, 0, 0));
        assertThatThrownBy(() -> GradeAgreement.of(new double[] {3}, new double[] {3}))
                .hasMessageContaining("at least two");
        assertThatThrownBy(() -> GradeAgreement.of(new double[] {3, 6}, people)).hasMessageContaining("2 and 5");
    }

    /** A model that gives probabilities to continuations. */
    static Model model(BiFunction<Request, String, Double> probability) {
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Exchange exchange(Request request) {
                return new Exchange() {
                    @Override
                    public Request asked() {
                        return request;
                    }

                    @Override
                    public Scores scored(Model inside, List<String> continuations) {
                        return new Scores(
                                continuations.stream()
                                        .map(each -> new Scores.Entry(
                                                each,
                                                List.of(new Token(
                                                        1, each, Math.log(probability.apply(request, each))))))
                                        .toList(),
                                new Usage(1, 0));
                    }
                };
            }
        };
    }
}
