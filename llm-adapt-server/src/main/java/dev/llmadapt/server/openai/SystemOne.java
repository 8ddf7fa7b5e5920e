package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Usage;
import dev.llmadapt.prompting.question.Question;
import dev.llmadapt.prompting.question.QuestionAnswer;
import dev.llmadapt.prompting.question.QuestionModel;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * {@code POST /v1/systemone}: typed questions about one state, answered by probabilities in the form of TypeSafe's
 * decision models. A question is a {@code noul} (yes or no), a {@code choice} among options, or a {@code score} on a
 * scale of levels.
 */
final class SystemOne implements Handler {
    private static final int MOST_QUESTIONS = 64;

    private final Catalog catalog;
    private final Answering answering;
    // what models favour is measured once; models that are served no more are forgotten
    private final Map<ServedModel, QuestionModel> models = Collections.synchronizedMap(new WeakHashMap<>());

    SystemOne(Catalog catalog, Answering answering) {
        this.catalog = catalog;
        this.answering = answering;
    }

    @Override
    public void handle(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        ServedModel served = catalog.find(fields, exchange);
        String state = state(fields);
        Map<String, Question> questions = questions(fields);
        Scheduling scheduling = Scheduling.NONE.withCaller(exchange.caller());
        answering.run(exchange, running -> {
            QuestionModel.Answers answers = answering.withAdapter(
                    running,
                    served,
                    () -> Answering.refusing(
                            List.of(),
                            () -> models.computeIfAbsent(served, SystemOne::questions)
                                    .withScheduling(scheduling)
                                    .ask(state, new ArrayList<>(questions.values()))));
            answering.countRead(served, answers.usage().promptTokens());
            Responses.json(exchange, response(served, questions, answers));
        });
    }

    private static QuestionModel questions(ServedModel served) {
        return QuestionModel.of(served.model()).withFrame(served.applyTo(Request.of("any")));
    }

    /** The state as the model reads it: a text as it is, all else as JSON. */
    private static String state(RequestFields fields) {
        JsonElement state = fields.value("state").orElseThrow(() -> fields.missing("state"));
        return state instanceof JsonPrimitive primitive && primitive.isString()
                ? primitive.getAsString()
                : state.toString();
    }

    private static Map<String, Question> questions(RequestFields fields) {
        RequestFields given = fields.object("questions").orElseThrow(() -> fields.missing("questions"));
        Map<String, Question> questions = new LinkedHashMap<>();
        for (String id : given.object().keySet()) {
            RequestFields question = given.object(id).orElseThrow(() -> given.missing(id));
            try {
                questions.put(id, question(question));
            } catch (IllegalArgumentException e) {
                throw HttpFailure.invalid(given.path(id), given.path(id) + ": " + e.getMessage());
            }
        }
        if (questions.isEmpty() || questions.size() > MOST_QUESTIONS) {
            throw HttpFailure.invalid(
                    "questions", "questions must be 1 to " + MOST_QUESTIONS + ", got " + questions.size());
        }
        return questions;
    }

    private static Question question(RequestFields fields) {
        String type = fields.requiredText("type");
        String instructions = fields.requiredText("instructions");
        return switch (type) {
            case "noul" -> {
                RequestFields criteria = fields.object("criteria").orElse(fields.empty());
                yield new Question.YesNo(
                        instructions,
                        criteria.text("true").orElse(""),
                        criteria.text("false").orElse(""));
            }
            case "choice" -> {
                RequestFields criteria = fields.object("criteria").orElseThrow(() -> fields.missing("criteria"));
                Map<String, String> options = new LinkedHashMap<>();
                for (String option : criteria.object().keySet()) {
                    options.put(option, criteria.text(option).orElse(""));
                }
                yield new Question.Choice(instructions, options);
            }
            case "score" -> new Question.Scale(instructions, fields.texts("criteria"));
            default ->
                throw HttpFailure.invalid(
                        fields.path("type"), fields.path("type") + " must be noul, choice or score, got " + type);
        };
    }

    private static JsonObject response(
            ServedModel served, Map<String, Question> questions, QuestionModel.Answers answers) {
        JsonObject answered = new JsonObject();
        int index = 0;
        for (String id : questions.keySet()) {
            answered.add(id, json(answers.answers().get(index++)));
        }
        Usage usage = answers.usage();
        JsonObject tokens = new JsonObject();
        tokens.addProperty("input_tokens", usage.promptTokens() + usage.completionTokens()); // scored answers are read
        tokens.addProperty("output_tokens", 0);
        JsonObject response = new JsonObject();
        response.addProperty("id", Responses.id("systemone-"));
        response.addProperty("model", served.name());
        response.add("answers", answered);
        response.add("usage", tokens);
        return response;
    }

    private static JsonObject json(QuestionAnswer answer) {
        JsonObject json = new JsonObject();
        Question question = answer.question();
        if (question instanceof Question.YesNo) {
            json.addProperty("type", "noul");
            json.addProperty("noul", answer.yes());
            return json;
        }
        if (question instanceof Question.Scale scale) {
            json.addProperty("type", "score");
            json.addProperty("score", answer.level());
            JsonArray legend = new JsonArray();
            scale.levels().forEach(legend::add);
            json.add("legend", legend);
            JsonArray probabilities = new JsonArray();
            answer.decision().choices().forEach(each -> probabilities.add(each.probability()));
            json.add("probabilities", probabilities);
        } else {
            json.addProperty("type", "choice");
            json.addProperty("choice", answer.best());
            JsonObject probabilities = new JsonObject();
            answer.decision().choices().forEach(each -> probabilities.addProperty(each.label(), each.probability()));
            json.add("probabilities", probabilities);
        }
        json.addProperty("confidence", answer.confidence());
        return json;
    }
}
