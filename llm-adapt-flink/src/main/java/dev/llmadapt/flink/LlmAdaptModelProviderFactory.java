package dev.llmadapt.flink;

import java.util.HashSet;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;

/**
 * A factory of models that run in Flink's task managers, for {@code 'provider' = 'llm-adapt'}. Flink finds it by its
 * service loader. Options are those of {@link LlmAdaptOptions}, columns those that the guide
 * {@code docs/guides/flink.md} names; what is wrong with them is told when a query is planned. Immutable.
 */
public final class LlmAdaptModelProviderFactory implements ModelProviderFactory {
    /** The provider's name. */
    public static final String IDENTIFIER = "llm-adapt";

    /** Makes a factory; for the service loader. */
    public LlmAdaptModelProviderFactory() {}

    @Override
    public ModelProvider createModelProvider(Context context) {
        var helper = FactoryUtil.createModelProviderFactoryHelper(this, context);
        helper.validate();
        ReadableConfig options = helper.getOptions();
        ResolvedCatalogModel model = context.getCatalogModel();
        ModelSettings settings = ModelSettings.of(options);
        Question question = Question.of(options);
        ErrorHandlingStrategy onError = options.get(LlmAdaptOptions.ERROR_HANDLING_STRATEGY);
        Columns columns = Columns.of(model, onError, question.hasProbabilities());
        return new RowProvider(new RowAnswering(settings, question, columns, onError));
    }

    @Override
    public String factoryIdentifier() {
        return IDENTIFIER;
    }

    /** None: a strategy or a model is needed, and either will do. */
    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        Set<ConfigOption<?>> all = new HashSet<>(Set.of(
                LlmAdaptOptions.STRATEGY,
                LlmAdaptOptions.MODEL,
                LlmAdaptOptions.TIMEOUT,
                LlmAdaptOptions.KEEP_OPEN,
                LlmAdaptOptions.ERROR_HANDLING_STRATEGY));
        all.addAll(LlmAdaptOptions.OF_MODELS);
        all.addAll(LlmAdaptOptions.OF_ENGINES);
        return all;
    }
}
