package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a builtin, against which calls are checked when a template is loaded.
 *
 * @param names the names of the parameters, in order
 * @param required the number of parameters, from the first, that must be given
 * @param morePositional whether any number of further arguments may follow
 * @param moreNamed whether any other names may be given; they arrive as one dictionary after the parameters
 */
record Signature(List<String> names, int required, boolean morePositional, boolean moreNamed) {
    /** The arguments of a call as written. */
    record Given(List<Expression> positional, Map<String, Expression> named) {
        static Given none() {
            return new Given(List.of(), new LinkedHashMap<>());
        }
    }

    /** Parses names with spaces between, optional ones with a {@code ?}; {@code *} or {@code **} may follow. */
    static Signature of(String parameters) {
        List<String> names = new ArrayList<>();
        int required = 0;
        boolean positional = false;
        boolean named = false;
        for (String parameter : parameters.isEmpty() ? new String[0] : parameters.split(" ")) {
            if (parameter.equals("*")) {
                positional = true;
            } else if (parameter.equals("**")) {
                named = true;
            } else if (parameter.endsWith("?")) {
                names.add(parameter.substring(0, parameter.length() - 1));
            } else {
                names.add(parameter);
                required++;
            }
        }
        return new Signature(List.copyOf(names), required, positional, named);
    }

    /**
     * Orders the arguments of a call: one expression for each parameter, then the rest; fails if the call does not fit.
     */
    List<Expression> bind(Given given, String what, int line) {
        if (given.positional().stream().anyMatch(Expression.Unpacked.class::isInstance)) {
            throw new UnknownConstruct(what + " takes no unpacked arguments, '*' is supported in calls of macros");
        }
        if (given.positional().size() > names.size() && !morePositional) {
            throw new UnknownConstruct(what + " takes at most " + names.size() + " arguments, got "
                    + given.positional().size());
        }
        List<Expression> bound = new ArrayList<>(given.positional());
        Map<String, Expression> named = new LinkedHashMap<>(given.named());
        for (int i = 0; i < names.size(); i++) {
            boolean inPlace = i < given.positional().size();
            Expression byName = named.remove(names.get(i));
            if (inPlace && byName != null) {
                throw new UnknownConstruct(what + " got two values for '" + names.get(i) + "'");
            } else if (!inPlace && byName == null && i < required) {
                throw new UnknownConstruct(what + " needs the argument '" + names.get(i) + "'");
            } else if (!inPlace) {
                bound.add(byName == null ? new Expression.Literal(Args.Absent.ABSENT) : byName);
            }
        }
        if (moreNamed) {
            List<Expression> keys = new ArrayList<>();
            named.keySet().forEach(name -> keys.add(new Expression.Literal(Text.literal(name))));
            bound.add(new Expression.DictOf(keys, List.copyOf(named.values()), line));
        } else if (!named.isEmpty()) {
            throw new UnknownConstruct(
                    what + " has no parameter '" + named.keySet().iterator().next() + "', it has " + names);
        }
        return List.copyOf(bound);
    }
}
