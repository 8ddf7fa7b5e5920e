package dev.llmadapt.prompting.question;

import dev.llmadapt.Decision;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Scores;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers typed questions about a text by a model's scores of their possible answers. The text comes first in every
 * prompt, then the question, so that a model that keeps beginnings of prompts reads the text once for all questions.
 *
 * <p>A model favours some answers whatever is asked; that is measured by the same question about no text ("N/A") and
 * taken off (contextual calibration, Zhao et al. 2021). It is measured once for a question, and remembered for the
 * latest of them.
 *
 * <p>Thread-safe.
 */
public final class QuestionModel {
    private static final String NOTHING = "N/A";
    private static final int REMEMBERED = 1024;

    private final Model model;
    private final Request frame;
    private final boolean contentFree;
    private final double temperature;
    private final Map<Question, double[]> priors; // guarded by itself, by the last use

    private QuestionModel(
            Model model, Request frame, boolean contentFree, double temperature, Map<Question, double[]> priors) {
        this.model = model;
        this.frame = frame;
        this.contentFree = contentFree;
        this.temperature = temperature;
        this.priors = priors;
    }

    /**
     * Questions to a model, with what it favours taken off, at temperature 1.
     *
     * @throws IllegalArgumentException if the model does not {@linkplain dev.llmadapt.ModelInfo#scoring() score}
     */
    public static QuestionModel of(Model model) {
        model.info().requireScoring("a question", "ask a model that scores, such as a local one");
        return new QuestionModel(model, Request.of(NOTHING), true, 1, new LinkedHashMap<>(16, 0.75f, true));
    }

    /** These questions with the probabilities as the model gives them, or with what it favours taken off. */
    public QuestionModel withContentFree(boolean contentFree) {
        return new QuestionModel(model, frame, contentFree, temperature, priors);
    }

    /**
     * These questions at another temperature: scores are divided by it before they become probabilities. Above 1, the
     * model is less sure; the right one is that which fits examples whose answers are known.
     *
     * @param temperature above 0
     */
    public QuestionModel withTemperature(double temperature) {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature must be positive, temperature: " + temperature);
        }
        return new QuestionModel(model, frame, contentFree, temperature, priors);
    }

    /**
     * These questions as parts of other requests: with the adapters, template arguments and scheduling of this one,
     * whose messages and options do not matter. What the model favours is measured anew.
     */
    public QuestionModel withFrame(Request frame) {
        return new QuestionModel(model, frame, contentFree, temperature, new LinkedHashMap<>(16, 0.75f, true));
    }

    /** These questions with another scheduling. */
    public QuestionModel withScheduling(Scheduling scheduling) {
        return new QuestionModel(model, frame.withScheduling(scheduling), contentFree, temperature, priors);
    }

    /**
     * Answers to several questions about one text.
     *
     * @param answers one per question, in their order
     * @param usage the tokens read for all of them
     */
    public record Answers(List<QuestionAnswer> answers, Usage usage) {
        /** Copies the list. */
        public Answers {
            answers = List.copyOf(answers);
        }
    }

    /** Answers questions about a text; see {@link #ask}. */
    public List<QuestionAnswer> answer(String text, Question... questions) {
        return ask(text, List.of(questions)).answers();
    }

    /**
     * Answers questions about a text.
     *
     * @param text what they are about
     * @throws IllegalArgumentException as {@link Model#score} does: if the text is too long for the model
     * @throws java.util.concurrent.CancellationException as {@link Model#score} does
     */
    public Answers ask(String text, List<Question> questions) {
        Objects.requireNonNull(text, "text must not be null");
        Usage usage = Usage.NONE;
        List<double[]> taken = new ArrayList<>(); // before the text is read, which then stays for all questions
        for (Question question : questions) {
            double[] prior = known(question);
            if (prior == null) {
                Scores scores = score(NOTHING, question);
                usage = usage.plus(scores.usage());
                prior = means(scores);
                remember(question, prior);
            }
            taken.add(prior);
        }
        List<QuestionAnswer> answers = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            Scores scores = score(text, question);
            usage = usage.plus(scores.usage());
            double[] logits = means(scores);
            for (int k = 0; k < logits.length; k++) {
                logits[k] = (logits[k] - taken.get(i)[k]) / temperature;
            }
            answers.add(new QuestionAnswer(question, Decision.softmax(question.answers(), logits, false)));
        }
        return new Answers(answers, usage);
    }

    private double @Nullable [] known(Question question) {
        if (!contentFree) {
            return new double[question.answers().size()];
        }
        synchronized (priors) {
            return priors.get(question);
        }
    }

    private void remember(Question question, double[] prior) {
        synchronized (priors) {
            priors.put(question, prior);
            if (priors.size() > REMEMBERED) {
                priors.remove(priors.keySet().iterator().next());
            }
        }
    }

    private Scores score(String text, Question question) {
        return model.score(frame.withMessages(List.of(Message.user(prompt(text, question)))), question.answers());
    }

    /** The mean log-probability of a token of each answer, so that long ones can win. */
    private static double[] means(Scores scores) {
        return scores.entries().stream()
                .mapToDouble(Scores.Entry::meanLogProbability)
                .toArray();
    }

    /** The text, then the question and its answers with what they mean. */
    static String prompt(String text, Question question) {
        StringBuilder prompt = new StringBuilder(text)
                .append("\n\nQuestion: ")
                .append(question.instructions())
                .append("\nAnswer with one of these:");
        for (int i = 0; i < question.answers().size(); i++) {
            prompt.append("\n- ").append(question.answers().get(i));
            String meaning = question.meanings().get(i);
            if (!meaning.isEmpty()) {
                prompt.append(": ").append(meaning);
            }
        }
        return prompt.toString();
    }
}
