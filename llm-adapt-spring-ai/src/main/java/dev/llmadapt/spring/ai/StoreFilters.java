package dev.llmadapt.spring.ai;

import dev.llmadapt.MetadataFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.filter.Filter.Expression;
import org.springframework.ai.vectorstore.filter.Filter.ExpressionType;

/** Filters of Spring AI as those of this library, and back. */
final class StoreFilters {
    private StoreFilters() {}

    /**
     * A filter of this library over metadata as {@link StoredMetadata} writes them. Numbers are compared as numbers,
     * everything else as texts; documents without a name have no value that equals another.
     *
     * @throws IllegalArgumentException if a value is no text, number or truth value
     */
    static MetadataFilter filter(Filter.Operand operand) {
        if (operand instanceof Filter.Group group) {
            return filter(group.content());
        } else if (!(operand instanceof Expression expression)) {
            throw new IllegalArgumentException("a filter must be an expression, got " + operand);
        } else {
            return switch (expression.type()) {
                case AND -> MetadataFilter.and(filter(expression.left()), filter(right(expression)));
                case OR -> MetadataFilter.or(filter(expression.left()), filter(right(expression)));
                case NOT -> MetadataFilter.not(filter(expression.left()));
                default -> comparison(expression);
            };
        }
    }

    private static Filter.Operand right(Expression expression) {
        Filter.Operand right = expression.right();
        if (right == null) {
            throw new IllegalArgumentException(expression.type() + " needs two sides, got " + expression);
        }
        return right;
    }

    private static MetadataFilter comparison(Expression expression) {
        String name = name(expression.left());
        MetadataFilter there = MetadataFilter.between(name, "", null);
        if (expression.type() == ExpressionType.ISNULL) {
            return MetadataFilter.not(there);
        } else if (expression.type() == ExpressionType.ISNOTNULL) {
            return there;
        }
        Object value = right(expression) instanceof Filter.Value right ? right.value() : right(expression);
        return switch (expression.type()) {
            case EQ -> oneOf(name, List.of(value));
            case NE -> MetadataFilter.not(oneOf(name, List.of(value)));
            case IN -> oneOf(name, values(value));
            case NIN -> MetadataFilter.not(oneOf(name, values(value)));
            case GTE -> MetadataFilter.between(field(name, value), text(name, value), null);
            case LTE -> MetadataFilter.between(field(name, value), null, text(name, value));
            case GT -> without(MetadataFilter.between(field(name, value), text(name, value), null), name, value);
            case LT -> without(MetadataFilter.between(field(name, value), null, text(name, value)), name, value);
            default -> throw new IllegalArgumentException("the filter " + expression.type() + " is not supported");
        };
    }

    private static MetadataFilter without(MetadataFilter range, String name, Object value) {
        return MetadataFilter.and(range, MetadataFilter.not(oneOf(name, List.of(value))));
    }

    private static MetadataFilter oneOf(String name, Collection<?> values) {
        List<MetadataFilter> each = new ArrayList<>();
        for (Object value : values) {
            each.add(MetadataFilter.equal(field(name, value), text(name, value)));
        }
        return each.size() == 1 ? each.get(0) : MetadataFilter.or(each.toArray(MetadataFilter[]::new));
    }

    private static Collection<?> values(Object value) {
        return value instanceof Collection<?> several ? several : List.of(value);
    }

    private static String field(String name, @Nullable Object value) {
        return value instanceof Number ? StoredMetadata.numberName(name) : name;
    }

    private static String text(String name, @Nullable Object value) {
        if (value instanceof Number number) {
            return StoredMetadata.sortable(name, number);
        } else if (value instanceof String || value instanceof Boolean) {
            return value.toString();
        }
        throw new IllegalArgumentException("'" + name + "' is compared with a value of the type "
                + (value == null ? "null" : value.getClass().getName())
                + "; a filter compares texts, numbers and truth values");
    }

    private static String name(Filter.Operand operand) {
        if (!(operand instanceof Filter.Key key)) {
            throw new IllegalArgumentException("a comparison needs a name on its left, got " + operand);
        }
        String name = key.key();
        boolean quoted = name.length() > 1
                && ((name.startsWith("\"") && name.endsWith("\"")) || (name.startsWith("'") && name.endsWith("'")));
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    /**
     * A filter of Spring AI that passes at least what this one passes, for a store to look at fewer documents; empty
     * for one that passes everything. What is found is checked again.
     */
    static Optional<Expression> atLeast(MetadataFilter filter) {
        if (filter instanceof MetadataFilter.OneOf oneOf) {
            return oneOf.values().isEmpty() || oneOf.values().stream().anyMatch(StoreFilters::maybeNoText)
                    ? Optional.empty()
                    : Optional.of(in(oneOf.field(), oneOf.values()));
        } else if (filter instanceof MetadataFilter.And and) {
            return and.parts().stream()
                    .flatMap(part -> atLeast(part).stream())
                    .reduce((one, other) -> new Expression(ExpressionType.AND, one, other));
        } else if (filter instanceof MetadataFilter.Or or) {
            List<Expression> parts = new ArrayList<>();
            for (MetadataFilter part : or.parts()) {
                Optional<Expression> each = atLeast(part);
                if (each.isEmpty()) {
                    return Optional.empty();
                }
                parts.add(each.get());
            }
            return parts.stream().reduce((one, other) -> new Expression(ExpressionType.OR, one, other));
        }
        return Optional.empty(); // stores differ in the order of texts, and in what a missing value is not
    }

    /** Whether a store may hold a value of this text as a number or a truth value, which no text equals there. */
    private static boolean maybeNoText(String text) {
        return text.equals("true") || text.equals("false") || text.matches("[-+]?[0-9].*");
    }

    private static Expression in(String field, Set<String> texts) {
        Filter.Key key = new Filter.Key(field);
        return texts.size() == 1
                ? new Expression(
                        ExpressionType.EQ,
                        key,
                        new Filter.Value(texts.iterator().next()))
                : new Expression(ExpressionType.IN, key, new Filter.Value(List.copyOf(texts)));
    }
}
