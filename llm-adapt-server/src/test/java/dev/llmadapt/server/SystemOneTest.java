package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.local.LocalModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Typed questions. */
class SystemOneTest {
    private static final String PATH = "/v1/systemone";
    private static final String QUESTIONS = """
            {"urgent": {"type": "noul", "instructions": "Is it urgent?", "criteria": {"true": "cannot wait"}},
             "team": {"type": "choice", "instructions": "Which team?", "criteria": {"cards": "lost cards", "loans": null}},
             "anger": {"type": "score", "instructions": "How angry?", "criteria": ["calm", "annoyed", "furious"]}}""";

    private static LocalModel model;
    private static ModelServer server;
    private static ServerClient client;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        client = new ServerClient(server);
    }

    @AfterAll
    static void close() {
        server.close();
        model.close();
    }

    private static JsonObject ask(String state, String questions) {
        return client.post(PATH, "{\"model\":\"tiny\",\"state\":" + state + ",\"questions\":" + questions + "}");
    }

    @Test
    void questions_ofEachType_areAnsweredByProbabilities() {
        JsonObject response = ask("\"my card is gone\"", QUESTIONS);
        JsonObject answers = response.getAsJsonObject("answers");

        assertThat(answers.keySet()).containsExactly("urgent", "team", "anger");
        JsonObject urgent = answers.getAsJsonObject("urgent");
        assertThat(urgent.get("type").getAsString()).isEqualTo("noul");
        assertThat(urgent.get("noul").getAsDouble()).isBetween(0.0, 1.0);
        JsonObject team = answers.getAsJsonObject("team");
        JsonObject shares = team.getAsJsonObject("probabilities");
        double cards = shares.get("cards").getAsDouble();
        double loans = shares.get("loans").getAsDouble();
        assertThat(cards + loans).isCloseTo(1, within(1e-9));
        assertThat(team.get("choice").getAsString()).isEqualTo(cards >= loans ? "cards" : "loans");
        assertThat(team.get("confidence").getAsDouble()).isCloseTo(Math.max(cards, loans) * 2 - 1, within(1e-9));
        JsonObject anger = answers.getAsJsonObject("anger");
        double level = 0;
        int i = 0;
        for (JsonElement each : anger.getAsJsonArray("probabilities")) {
            level += i++ * each.getAsDouble();
        }
        assertThat(anger.get("score").getAsDouble()).isCloseTo(level, within(1e-9));
        assertThat(anger.getAsJsonArray("legend")).hasSize(3);
        assertThat(response.get("model").getAsString()).isEqualTo("tiny");
    }

    @Test
    void questions_askedAgain_readLess() {
        String question = "{\"q\": {\"type\": \"noul\", \"instructions\": \"Is it late, by any clock?\"}}";
        long first = read(ask("\"a text\"", question));
        assertThat(read(ask("\"a text\"", question))).isLessThan(first);
        assertThat(ask("\"a text\"", question).get("answers"))
                .isEqualTo(ask("\"a text\"", question).get("answers"));
    }

    private static long read(JsonObject response) {
        return response.getAsJsonObject("usage").get("input_tokens").getAsLong();
    }

    @Test
    void state_thatIsNoText_isReadAsJson() {
        String question = "{\"q\": {\"type\": \"noul\", \"instructions\": \"Is it late?\"}}";
        assertThat(ask("{\"a\": [1, 2]}", question).get("answers"))
                .isEqualTo(ask("\"{\\\"a\\\":[1,2]}\"", question).get("answers"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"questions\":{}} | state",
                "{\"state\":\"a\"} | questions",
                "{\"state\":\"a\",\"questions\":{}} | 1 to 64",
                "{\"state\":\"a\",\"questions\":{\"q\":{\"type\":\"essay\",\"instructions\":\"b\"}}} | questions.q.type",
                "{\"state\":\"a\",\"questions\":{\"q\":{\"type\":\"noul\"}}} | questions.q.instructions",
                "{\"state\":\"a\",\"questions\":{\"q\":{\"type\":\"choice\",\"instructions\":\"b\","
                        + "\"criteria\":{\"c\":null}}}} | 2 to 255 options",
                "{\"state\":\"a\",\"questions\":{\"q\":{\"type\":\"score\",\"instructions\":\"b\","
                        + "\"criteria\":[\"c\"]}}} | 2 to 10 levels"
            })
    void request_thatCannotBeAnswered_isRefusedByName(String body, String named) {
        assertThat(client.refused(400, PATH, body).toString()).contains(named);
    }
}
