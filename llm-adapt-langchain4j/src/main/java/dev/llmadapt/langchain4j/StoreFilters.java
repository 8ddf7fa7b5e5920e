package dev.llmadapt.langchain4j;

import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsIn;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.logical.And;
import dev.langchain4j.store.embedding.filter.logical.Not;
import dev.langchain4j.store.embedding.filter.logical.Or;
import dev.llmadapt.MetadataFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Filters of this library as LangChain4j's. What has no counterpart is left to the check of what was found. */
final class StoreFilters {
    private StoreFilters() {}

    /** A filter that passes at least what this one passes; empty for one that passes everything. */
    static Optional<Filter> of(MetadataFilter filter) {
        if (filter instanceof MetadataFilter.OneOf oneOf) {
            return oneOf.values().isEmpty() ? Optional.empty() : Optional.of(new IsIn(oneOf.field(), oneOf.values()));
        } else if (filter instanceof MetadataFilter.Between between) {
            return between(between);
        } else if (filter instanceof MetadataFilter.And and) {
            return and.parts().stream().flatMap(part -> of(part).stream()).reduce(And::new);
        } else if (filter instanceof MetadataFilter.Or or) {
            List<Filter> parts = new ArrayList<>();
            for (MetadataFilter part : or.parts()) {
                Optional<Filter> each = of(part);
                if (each.isEmpty()) {
                    return Optional.empty();
                }
                parts.add(each.get());
            }
            return parts.stream().reduce(Or::new);
        }
        MetadataFilter part = ((MetadataFilter.Not) filter).part();
        return part instanceof MetadataFilter.OneOf ? of(part).map(Not::new) : Optional.empty();
    }

    private static Optional<Filter> between(MetadataFilter.Between between) {
        List<Filter> ends = new ArrayList<>();
        if (between.from() != null) {
            ends.add(new IsGreaterThanOrEqualTo(between.field(), between.from()));
        }
        if (between.to() != null) {
            ends.add(new IsLessThanOrEqualTo(between.field(), between.to()));
        }
        return ends.stream().reduce(And::new);
    }
}
