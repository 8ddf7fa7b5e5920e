package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.Metric;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.prompting.RolePrompt;
import dev.llmadapt.prompting.question.Question;
import dev.llmadapt.prompting.question.QuestionAnswer;
import dev.llmadapt.prompting.question.QuestionModel;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.ApiKeys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/guides/serving.md}, line for line. */
class ServingGuideTest {
    @Test
    void example_ofTypedQuestions_areAnswered() {
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))) {
            // guide
            QuestionModel questions = QuestionModel.of(model);
            List<QuestionAnswer> answers = questions.answer(
                    "My card is gone, and somebody is buying things!",
                    new Question.YesNo("Must somebody act today?", "money is being lost", ""),
                    Question.Choice.of("Which team?", List.of("cards", "loans")),
                    new Question.Scale("How upset is the writer?", List.of("calm", "annoyed", "furious")));
            System.out.println(answers.get(0).yes() + ", " + answers.get(1).best() + ", "
                    + answers.get(2).level());
            // end
            assertThat(answers).hasSize(3);
        }
    }

    @Test
    void example_ofTheGuide_serves() {
        Path folder = Golden.folder("tiny-llama");
        String key = "a-secret-key";
        Task task = new Task("talk", "", List.of(), List.of(), List.of(), Metric.exactMatch());
        // guide
        try (LocalModel model = LocalModel.open(folder, ModelOptions.defaults())) {
            ServedModels models = new ServedModels().add("assistant", model);
            ServerOptions options = ServerOptions.defaults()
                    .withKeys(ApiKeys.of(List.of(key)))
                    .withLimits(ServerLimits.defaults().withConcurrentAnswers(4));
            try (ModelServer server = ModelServer.start(models, options)) {
                System.out.println(server.uri());
                models.addAdapted(
                        "polite", new RolePrompt("You are polite.").adapt(model, task, Progress.NONE), "assistant");
            } // drains, then stops
        }
        // end
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(ServingGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/serving.md"))
                .hasSize(2);
    }
}
