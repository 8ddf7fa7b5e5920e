package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** LangChain4j's own tests of chat models, over a real model. */
@EnabledIfSystemProperty(
        named = SuiteModel.PROPERTY,
        matches = ".+",
        disabledReason = "needs a model that follows instructions: -Dmodel=FILE")
final class LlmAdaptChatModelSuiteTest extends AbstractChatModelIT {
    @AfterAll
    static void close() {
        SuiteModel.close();
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(new LlmAdaptChatModel(SuiteModel.open()));
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return new LlmAdaptChatModel(SuiteModel.open(), ChatOptions.defaults().withParameters(parameters));
    }

    /** This model has no parameters of its own. */
    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return ChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
    }

    /** A name is that of an adapter, of which the model of the suite has none. */
    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    /** Refused, but as an adapter that is not loaded. */
    @Override
    protected void should_fail_if_modelName_is_not_supported(ChatModel model) {}

    @Override
    protected boolean supportsToolsAndJsonResponseFormatWithSchema() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsMultipleImageInputsAsBase64EncodedStrings() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    @Override
    protected boolean supportsMultipleImageInputsAsPublicURLs() {
        return false;
    }
}
