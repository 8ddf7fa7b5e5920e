package dev.llmadapt;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;

/** The way in which values of a Java type are written in JSON. */
sealed interface RecordShape {
    /** The shape of a record class, whose components have no open type parameters. */
    static Fields of(Class<?> type) {
        return RecordShapes.of(Objects.requireNonNull(type, "type must not be null"));
    }

    /** A value of one of the types in the table {@link PlainType}. */
    record Plain(PlainType type) implements RecordShape {}

    /** The name of a constant. */
    record Constant(Class<?> type, List<String> names) implements RecordShape {
        /** Copies the list. */
        public Constant {
            names = List.copyOf(names);
        }
    }

    /** An array. */
    record Items(RecordShape item, boolean distinct) implements RecordShape {}

    /** An object with any names. */
    record Entries(RecordShape value) implements RecordShape {}

    /** A property that may be missing; only as a component. */
    record Maybe(RecordShape value) implements RecordShape {}

    /** An object with a property for each component. Equal only to itself, since records may contain themselves. */
    final class Fields implements RecordShape {
        private final Class<?> type;
        private List<Field> fields = List.of(); // set once, when all shapes within are known
        private final MethodHandle constructor;

        Fields(Class<?> type, MethodHandle constructor) {
            this.type = type;
            this.constructor = constructor;
        }

        void complete(List<Field> all) {
            fields = List.copyOf(all);
        }

        Class<?> type() {
            return type;
        }

        List<Field> fields() {
            return fields;
        }

        List<String> names() {
            return fields.stream().map(Field::name).toList();
        }

        MethodHandle constructor() {
            return constructor;
        }
    }

    /** A component of a record. */
    record Field(String name, RecordShape shape, MethodHandle accessor) {}
}
