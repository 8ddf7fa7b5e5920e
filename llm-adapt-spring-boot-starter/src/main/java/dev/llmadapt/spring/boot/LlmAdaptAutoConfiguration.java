package dev.llmadapt.spring.boot;

import dev.llmadapt.Model;
import dev.llmadapt.Scheduling;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.spring.ai.LlmAdaptChatModel;
import dev.llmadapt.spring.ai.LlmAdaptChatOptions;
import io.micrometer.observation.ObservationRegistry;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * A model with its adapters and saved strategies, and a chat model of Spring AI over it, by the properties
 * {@code llm-adapt.model}, {@code llm-adapt.adapters} and {@code llm-adapt.strategies}. A {@link Model} of the
 * application takes its place; {@code spring.ai.model.chat} with another value than {@code llm-adapt} leaves the chat
 * model out.
 */
@AutoConfiguration(beforeName = "org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration")
@EnableConfigurationProperties(LlmAdaptProperties.class)
public class LlmAdaptAutoConfiguration {
    private static final Log LOG = LogFactory.getLog(LlmAdaptAutoConfiguration.class);

    /** For Spring. Refuses another Boot, in which half of this would silently be missing. */
    public LlmAdaptAutoConfiguration() {
        requireBoot4(SpringBootVersion.getVersion());
    }

    static void requireBoot4(String version) {
        if (!version.startsWith("4.")) {
            throw new LlmAdaptPropertyException(
                    "llm-adapt-spring-boot-starter is for Spring Boot 4, this is " + version + ".",
                    "Take Spring Boot 4; or, in the place of the starter, dev.llmadapt:llm-adapt-cpu and a bean of the"
                            + " type dev.llmadapt.Model, as the guide of Spring says.");
        }
    }

    /** Something that answers is named. */
    static final class OnModel extends AnyNestedCondition {
        OnModel() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("llm-adapt.model")
        static class OfModel {}

        @Conditional(OnStrategies.class)
        static class OfStrategies {}
    }

    @Bean(destroyMethod = "close")
    @Conditional(OnModel.class)
    @ConditionalOnMissingBean(Model.class)
    ServedModel llmAdaptModel(LlmAdaptProperties properties, ObjectProvider<ModelListener> listeners) {
        return new ModelOpening(properties, listeners.orderedStream().toList()).open();
    }

    @Bean
    @ConditionalOnBean(Model.class)
    @ConditionalOnMissingBean(ChatModel.class)
    @ConditionalOnProperty(name = "spring.ai.model.chat", havingValue = "llm-adapt", matchIfMissing = true)
    LlmAdaptChatModel llmAdaptChatModel(
            Model model,
            LlmAdaptProperties properties,
            ObjectProvider<ObservationRegistry> registry,
            ObjectProvider<ChatModelObservationConvention> convention) {
        requireKnown(properties.chat().model(), model);
        if (!(model instanceof ServedModel)
                && (properties.model() != null || !properties.strategies().isEmpty())) {
            LOG.warn("llm-adapt.model, adapters and strategies open nothing: the application has a Model of its own");
        }
        LlmAdaptChatModel.Builder chat = LlmAdaptChatModel.builder(model)
                .options(options(properties.chat()))
                .observationRegistry(registry.getIfUnique(() -> ObservationRegistry.NOOP));
        convention.ifAvailable(chat::observationConvention);
        return chat.build();
    }

    /** Refuses a default model that every prompt would be refused for. */
    private static void requireKnown(@Nullable String name, Model model) {
        if (name == null || !(model instanceof ServedModel served)) {
            return;
        }
        Set<String> known = new TreeSet<>(served.adapters());
        known.addAll(served.strategies());
        known.add(served.info().name());
        if (!known.contains(name)) {
            throw new LlmAdaptPropertyException(
                    "llm-adapt.chat.model",
                    name,
                    "there is no adapter or strategy of that name, there are " + known,
                    "Name one of them, or leave it out.");
        }
    }

    private static LlmAdaptChatOptions options(LlmAdaptProperties.Chat chat) {
        LlmAdaptChatOptions.Builder options = LlmAdaptChatOptions.builder()
                .model(chat.model())
                .temperature(chat.temperature())
                .topK(chat.topK())
                .topP(chat.topP())
                .maxTokens(chat.maxTokens())
                .stopSequences(chat.stopSequences())
                .minP(chat.minP())
                .repetitionPenalty(chat.repetitionPenalty())
                .seed(chat.seed());
        return (chat.timeLimit() == null
                        ? options
                        : options.scheduling(Scheduling.NONE.withTimeLimit(chat.timeLimit())))
                .build();
    }
}
