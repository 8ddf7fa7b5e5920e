package dev.llmadapt.spring.ai;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.ScriptedModel;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.test.chat.client.advisor.AbstractToolCallingAdvisorIT;

/** Spring AI's own tests of tool calls, over a model that calls the tool for each city and then repeats its results. */
final class ToolCallingAdvisorSuiteTest extends AbstractToolCallingAdvisorIT {
    @Override
    protected ChatModel getChatModel() {
        return new LlmAdaptChatModel(new WeatherModel());
    }

    /** Calls {@code getCurrentWeather}, as its schema asks for, and then says what it heard. */
    static final class WeatherModel implements Model {
        @Override
        public Generation stream(Request request, TokenListener listener) {
            if (request.last().role() == Role.TOOL) {
                return ScriptedModel.saying(String.join(
                                " ",
                                request.messages().stream()
                                        .filter(message -> message.role() == Role.TOOL)
                                        .map(Message::content)
                                        .toList()))
                        .stream(request, listener);
            }
            List<ToolCall> calls = new ArrayList<>();
            for (String city : List.of("San Francisco", "Tokyo", "Paris")) {
                if (request.callsTools() && request.last().content().contains(city)) {
                    calls.add(new ToolCall(
                            "call" + calls.size(),
                            "getCurrentWeather",
                            "{\"location\": \"" + city + "\", \"lat\": 0, \"lon\": 0, \"unit\": \"C\"}"));
                }
            }
            return ScriptedModel.answering(calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS, "", calls)
                    .stream(request, listener);
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("weather", "", 0, 100, 10, "");
        }

        @Override
        public void close() {}
    }
}
