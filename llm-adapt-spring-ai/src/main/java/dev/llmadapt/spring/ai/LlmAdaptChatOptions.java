package dev.llmadapt.spring.ai;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Scheduling;
import dev.llmadapt.ToolChoice;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.tool.ToolCallback;

/**
 * Options of a request to a model of this library, beside Spring AI's own. What is null is not said; then the options
 * of the {@link LlmAdaptChatModel} hold, and where these say nothing either: greedy decoding (temperature 0) over all
 * tokens, of at most {@value #MAX_TOKENS} tokens, by the model without an adapter.
 *
 * <p>{@link #getModel()} is the name of a loaded adapter, or the model's own name. Immutable.
 */
public final class LlmAdaptChatOptions extends DefaultToolCallingChatOptions implements StructuredOutputChatOptions {
    /** The most tokens of an answer where nothing is said. */
    public static final int MAX_TOKENS = 1024;

    private final Extras extras;

    private LlmAdaptChatOptions(Builder builder) {
        super(
                builder.tools(),
                builder.context(),
                builder.name(),
                builder.frequency(),
                builder.most(),
                builder.presence(),
                builder.stops(),
                builder.heat(),
                builder.k(),
                builder.p());
        extras = builder.extras();
    }

    /** What Spring AI's own options do not have; null is not said. */
    private record Extras(
            @Nullable String outputSchema,
            @Nullable Long seed,
            @Nullable Double minP,
            @Nullable Double repetitionPenalty,
            @Nullable ToolChoice toolChoice,
            @Nullable Map<String, Object> templateArguments,
            @Nullable Scheduling scheduling) {
        Extras {
            templateArguments = templateArguments == null ? null : Map.copyOf(templateArguments);
        }

        Extras or(Extras other) {
            return new Extras(
                    first(outputSchema, other.outputSchema),
                    first(seed, other.seed),
                    first(minP, other.minP),
                    first(repetitionPenalty, other.repetitionPenalty),
                    first(toolChoice, other.toolChoice),
                    first(templateArguments, other.templateArguments),
                    first(scheduling, other.scheduling));
        }
    }

    static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
        return one == null ? other : one;
    }

    /** The JSON Schema that the answer keeps exactly, as text. */
    @Override
    public @Nullable String getOutputSchema() {
        return extras.outputSchema;
    }

    /** The seed of a sampled answer; unsaid, each has another one. */
    public @Nullable Long getSeed() {
        return extras.seed;
    }

    /** As {@link GenerationOptions#minP}. */
    public @Nullable Double getMinP() {
        return extras.minP;
    }

    /** As {@link GenerationOptions#repetitionPenalty}. */
    public @Nullable Double getRepetitionPenalty() {
        return extras.repetitionPenalty;
    }

    /** Whether the model may or must call the tools. */
    public @Nullable ToolChoice getToolChoice() {
        return extras.toolChoice;
    }

    /** Arguments of the model's chat template, such as {@code enable_thinking}. */
    public @Nullable Map<String, Object> getTemplateArguments() {
        return extras.templateArguments;
    }

    /** Who asks, how urgent it is, and how long the answer may take. */
    public @Nullable Scheduling getScheduling() {
        return extras.scheduling;
    }

    /** A builder of options that say nothing. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with all that these options say. */
    @Override
    public Builder mutate() {
        return new Builder()
                .extras(extras)
                .model(getModel())
                .frequencyPenalty(getFrequencyPenalty())
                .maxTokens(getMaxTokens())
                .presencePenalty(getPresencePenalty())
                .stopSequences(getStopSequences())
                .temperature(getTemperature())
                .topK(getTopK())
                .topP(getTopP())
                .toolCallbacks(getToolCallbacks())
                .toolContext(getToolContext());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LlmAdaptChatOptions that && super.equals(that) && extras.equals(that.extras);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), extras);
    }

    /** Builds options; not thread-safe. */
    public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
            implements StructuredOutputChatOptions.Builder<Builder> {
        private @Nullable String outputSchema;
        private @Nullable Long seed;
        private @Nullable Double minP;
        private @Nullable Double repetitionPenalty;
        private @Nullable ToolChoice toolChoice;
        private @Nullable Map<String, Object> templateArguments;
        private @Nullable Scheduling scheduling;

        private Builder() {}

        @Override
        public Builder outputSchema(@Nullable String outputSchema) {
            this.outputSchema = outputSchema;
            return this;
        }

        /** Fixes the seed, so that the same request gets the same answer. */
        public Builder seed(@Nullable Long seed) {
            this.seed = seed;
            return this;
        }

        /** Keeps tokens of at least so much of the largest probability, in [0, 1). */
        public Builder minP(@Nullable Double minP) {
            this.minP = minP;
            return this;
        }

        /** Makes tokens that were written less likely; 1 does nothing. */
        public Builder repetitionPenalty(@Nullable Double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        /** Says whether the model may or must call the tools; unsaid, it may. */
        public Builder toolChoice(@Nullable ToolChoice toolChoice) {
            this.toolChoice = toolChoice;
            return this;
        }

        /** Gives arguments of the model's chat template. */
        public Builder templateArguments(@Nullable Map<String, Object> templateArguments) {
            this.templateArguments = templateArguments;
            return this;
        }

        /** Says who asks, how urgent it is, and how long the answer may take. */
        public Builder scheduling(@Nullable Scheduling scheduling) {
            this.scheduling = scheduling;
            return this;
        }

        private Extras extras() {
            return new Extras(outputSchema, seed, minP, repetitionPenalty, toolChoice, templateArguments, scheduling);
        }

        private Builder extras(Extras extras) {
            return outputSchema(extras.outputSchema)
                    .seed(extras.seed)
                    .minP(extras.minP)
                    .repetitionPenalty(extras.repetitionPenalty)
                    .toolChoice(extras.toolChoice)
                    .templateArguments(extras.templateArguments)
                    .scheduling(extras.scheduling);
        }

        /** Takes all that the other builder says, and keeps what it does not say. */
        @Override
        public Builder combineWith(ChatOptions.Builder<?> other) {
            super.combineWith(other);
            if (other instanceof Builder that) {
                extras(that.extras().or(extras()));
            } else if (other.build() instanceof StructuredOutputChatOptions structured
                    && structured.getOutputSchema() != null) {
                outputSchema(structured.getOutputSchema());
            }
            return this;
        }

        @Override
        public Builder clone() {
            return super.clone();
        }

        @Override
        public LlmAdaptChatOptions build() {
            return new LlmAdaptChatOptions(this);
        }

        private @Nullable List<ToolCallback> tools() {
            return toolCallbacks;
        }

        private @Nullable Map<String, Object> context() {
            return toolContext;
        }

        private @Nullable String name() {
            return model;
        }

        private @Nullable Double frequency() {
            return frequencyPenalty;
        }

        private @Nullable Integer most() {
            return maxTokens;
        }

        private @Nullable Double presence() {
            return presencePenalty;
        }

        private @Nullable List<String> stops() {
            return stopSequences;
        }

        private @Nullable Double heat() {
            return temperature;
        }

        private @Nullable Integer k() {
            return topK;
        }

        private @Nullable Double p() {
            return topP;
        }
    }
}
