package dev.llmadapt.spring.ai;

import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.test.chat.client.advisor.AbstractToolCallingAdvisorAutoRegistrationIT;

/** Spring AI's own tests of tool calls without an advisor of one's own. */
final class ToolCallingAdvisorAutoRegistrationSuiteTest extends AbstractToolCallingAdvisorAutoRegistrationIT {
    @Override
    protected ChatModel getChatModel() {
        return new LlmAdaptChatModel(new ToolCallingAdvisorSuiteTest.WeatherModel());
    }
}
