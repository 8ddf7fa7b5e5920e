package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** LangChain4j's own tests of streaming chat models, over a real model. */
@EnabledIfSystemProperty(
        named = SuiteModel.PROPERTY,
        matches = ".+",
        disabledReason = "needs a model that follows instructions: -Dmodel=FILE")
final class LlmAdaptStreamingChatModelSuiteTest extends AbstractStreamingChatModelIT {
    @AfterAll
    static void close() {
        SuiteModel.close();
    }

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(new LlmAdaptStreamingChatModel(SuiteModel.open()));
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return new LlmAdaptStreamingChatModel(
                SuiteModel.open(), ChatOptions.defaults().withParameters(parameters));
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return new LlmAdaptStreamingChatModel(
                SuiteModel.open(), ChatOptions.defaults().withListeners(listener));
    }

    /** Calls are told as a whole. */
    @Override
    protected boolean supportsPartialToolStreaming(StreamingChatModel model) {
        return false;
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
    protected void should_fail_if_modelName_is_not_supported(StreamingChatModel model) {}

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
