package dev.llmadapt.pilot.strategy;

import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.PrefixTuning;
import dev.llmadapt.peft.PromptTuning;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.training.TrainingOptions;
import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a tuning, as they are written in its parentheses: {@code rate=0.0004 rank=16 steps=240}. What is not
 * written is as the tuning has it.
 *
 * @param rate the highest learning rate, above 0
 * @param rank the rank of low-rank updates, from 1
 * @param tokens the number of virtual tokens, from 1
 * @param steps the number of steps, from 1
 */
record TuningSettings(OptionalDouble rate, OptionalInt rank, OptionalInt tokens, OptionalInt steps) {
    private static final String RATE = "rate";
    private static final String RANK = "rank";
    private static final String TOKENS = "tokens";
    private static final String STEPS = "steps";

    /**
     * Reads settings.
     *
     * @throws IllegalArgumentException if a name is unknown or stands twice, or a value is none
     */
    static TuningSettings parse(String text) {
        Map<String, String> values = new TreeMap<>();
        for (String each : text.strip().split("[\\s,]+", -1)) {
            int equal = each.indexOf('=');
            String name = equal < 0 ? each : each.substring(0, equal);
            if (equal < 0 || !name.matches(String.join("|", RATE, RANK, TOKENS, STEPS))) {
                throw new IllegalArgumentException(
                        "settings are rate=NUMBER, rank=N or tokens=N, and steps=N, apart by spaces, got '" + each
                                + "' in '" + text + "'");
            }
            if (values.put(name, each.substring(equal + 1)) != null) {
                throw new IllegalArgumentException("the setting '" + name + "' stands twice in '" + text + "'");
            }
        }
        return new TuningSettings(
                rate(values.get(RATE)), whole(RANK, values), whole(TOKENS, values), whole(STEPS, values));
    }

    private static OptionalDouble rate(@Nullable String text) {
        if (text == null) {
            return OptionalDouble.empty();
        }
        double rate = text.matches("[0-9]*\\.?[0-9]+([eE]-?[0-9]{1,3})?") ? Double.parseDouble(text) : 0;
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate must be a number above 0, at most 1, got '" + text + "'");
        }
        return OptionalDouble.of(rate);
    }

    private static OptionalInt whole(String name, Map<String, String> values) {
        String text = values.get(name);
        if (text == null) {
            return OptionalInt.empty();
        }
        int number = text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : 0;
        if (number < 1) {
            throw new IllegalArgumentException(name + " must be a number from 1 to 9,999,999, got '" + text + "'");
        }
        return OptionalInt.of(number);
    }

    /** The settings that a search found. */
    static TuningSettings found(Tuning tuning) {
        OptionalInt rank = OptionalInt.empty();
        OptionalInt tokens = OptionalInt.empty();
        if (tuning instanceof LoraTuning lora) {
            rank = OptionalInt.of(lora.config().rank());
        } else if (tuning instanceof LoraHeadTuning head) {
            rank = OptionalInt.of(head.config().rank());
        } else if (tuning instanceof PromptTuning prompt) {
            tokens = OptionalInt.of(prompt.virtualTokens());
        } else if (tuning instanceof PrefixTuning prefix) {
            tokens = OptionalInt.of(prefix.virtualTokens());
        }
        return new TuningSettings(
                OptionalDouble.of(tuning.options().optimization().learningRate()),
                rank,
                tokens,
                OptionalInt.of(tuning.options().learning().maxSteps()));
    }

    /**
     * A tuning with these settings.
     *
     * @throws IllegalArgumentException if it has no rank, or no virtual tokens, and such are given
     */
    Tuning of(Tuning tuning) {
        Tuning sized = tuning;
        if (rank.isPresent()) {
            sized = ranked(tuning, rank.getAsInt());
        }
        if (tokens.isPresent()) {
            sized = withTokens(sized, tokens.getAsInt());
        }
        TrainingOptions options = sized.options();
        if (rate.isPresent()) {
            options = options.withLearningRate(rate.getAsDouble());
        }
        if (steps.isPresent()) {
            options = options.withMaxSteps(steps.getAsInt());
        }
        return sized.withOptions(options);
    }

    /** The scale of an update, alpha by rank, stays. */
    private static Tuning ranked(Tuning tuning, int rank) {
        if (tuning instanceof LoraTuning lora) {
            return lora.withConfig(ranked(lora.config(), rank));
        }
        if (tuning instanceof LoraHeadTuning head) {
            return head.withConfig(ranked(head.config(), rank));
        }
        throw new IllegalArgumentException("'" + tuning.name() + "' has no rank, got rank=" + rank);
    }

    private static AdapterConfig.Lora ranked(AdapterConfig.Lora config, int rank) {
        return config.withRank(rank).withAlpha(config.alpha() * rank / config.rank());
    }

    private static Tuning withTokens(Tuning tuning, int tokens) {
        if (tuning instanceof PromptTuning prompt) {
            return prompt.withVirtualTokens(tokens);
        }
        if (tuning instanceof PrefixTuning prefix) {
            return prefix.withVirtualTokens(tokens);
        }
        throw new IllegalArgumentException("'" + tuning.name() + "' has no virtual tokens, got tokens=" + tokens);
    }

    /** The settings as they are written. */
    String text() {
        StringJoiner text = new StringJoiner(" ");
        rate.ifPresent(value -> text.add(RATE + "="
                + new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()));
        rank.ifPresent(value -> text.add(RANK + "=" + value));
        tokens.ifPresent(value -> text.add(TOKENS + "=" + value));
        steps.ifPresent(value -> text.add(STEPS + "=" + value));
        return text.toString();
    }
}
