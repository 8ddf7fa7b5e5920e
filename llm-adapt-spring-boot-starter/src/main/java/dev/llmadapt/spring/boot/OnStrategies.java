package dev.llmadapt.spring.boot;

import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** A saved strategy is named. */
final class OnStrategies extends SpringBootCondition {
    private static final String NAME = "llm-adapt.strategies";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Map<String, String> strategies = Binder.get(context.getEnvironment())
                .bind(NAME, Bindable.mapOf(String.class, String.class))
                .orElse(Map.of());
        ConditionMessage.Builder message = ConditionMessage.forCondition("llm-adapt strategies");
        return strategies.isEmpty()
                ? ConditionOutcome.noMatch(message.didNotFind("property").items(NAME))
                : ConditionOutcome.match(message.foundExactly(strategies.keySet()));
    }
}
