package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** The constructs of a template that are well formed but not supported: they fail once they are reached. */
final class Refusals {
    private final List<Expression.Refused> refused = new ArrayList<>();

    /** The expression for a construct that is well formed but not supported. */
    Expression refuse(String reason, int line) {
        Expression.Refused refusal = new Expression.Refused(reason, line);
        refused.add(refusal);
        return refusal;
    }

    /** The expression that a supplier makes, or one that refuses once it is reached. */
    Expression known(int line, Supplier<Expression> made) {
        try {
            return made.get();
        } catch (UnknownConstruct e) {
            return refuse(e.reason(), line);
        }
    }

    /** All of them, in the order of the source. */
    List<Expression.Refused> inOrder() {
        refused.sort(Comparator.comparingInt(Expression.Refused::line));
        return List.copyOf(refused);
    }
}
