package dev.llmadapt;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The shapes of record classes, found by reflection. */
final class RecordShapes {
    private static final int MAX_RECORDS = 200;
    private static final String ALLOWED = "allowed are String, boolean, byte, short, int, long, float, double and their"
            + " boxes, BigInteger, BigDecimal, LocalDate, LocalTime, OffsetDateTime, UUID, URI, enums, records, List,"
            + " Set, Map with String as keys, and Optional of these as a component";

    private static final ClassValue<RecordShape.Fields> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape.Fields computeValue(Class<?> type) {
            return new RecordShapes(type).root(type);
        }
    };

    private final Class<?> root;
    private final Map<Key, RecordShape.Fields> found = new HashMap<>();

    private record Key(Class<?> type, List<RecordShape> arguments) {}

    private RecordShapes(Class<?> root) {
        this.root = root;
    }

    /** The shape of a record class; the same object each time. */
    static RecordShape.Fields of(Class<?> type) {
        return SHAPES.get(type);
    }

    private RecordShape.Fields root(Class<?> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " must be a record");
        }
        RecordShape.Fields fields = fields(type, List.of(), "");
        requireFinite();
        return fields;
    }

    /** Refuses records that always have another one in them, without an end. */
    private void requireFinite() {
        Set<RecordShape> finite = new HashSet<>();
        while (finite.size() < found.size()) {
            boolean more = false;
            for (RecordShape.Fields each : found.values()) {
                more |= each.fields().stream()
                                .allMatch(field -> !(field.shape() instanceof RecordShape.Fields)
                                        || finite.contains(field.shape()))
                        && finite.add(each);
            }
            if (!more) {
                RecordShape.Fields endless = found.values().stream()
                        .filter(each -> !finite.contains(each))
                        .min(Comparator.comparing(each -> each.type().getName()))
                        .orElseThrow();
                throw refused(
                        "",
                        "a " + endless.type().getSimpleName() + " always has another one in it, without an end; make a"
                                + " component of it an Optional, a List, a Set or a Map");
            }
        }
    }

    private IllegalArgumentException refused(String path, String why) {
        String place = path.isEmpty() ? "" : ", component '" + path.substring(1) + "'";
        return new IllegalArgumentException("record " + root.getName() + place + ": " + why);
    }

    private RecordShape.Fields fields(Class<?> type, List<RecordShape> arguments, String path) {
        TypeVariable<?>[] parameters = type.getTypeParameters();
        if (parameters.length != arguments.size()) {
            throw refused(
                    path,
                    type.getSimpleName() + " has the type parameters " + Arrays.toString(parameters)
                            + ", which are not known here; say them, as in List<" + type.getSimpleName()
                            + "<String>>, in a component of another record");
        }
        Key key = new Key(type, arguments);
        RecordShape.Fields known = found.get(key);
        if (known != null) {
            return known;
        }
        if (found.size() == MAX_RECORDS) {
            throw refused(path, "more than " + MAX_RECORDS + " records within each other");
        }
        Map<TypeVariable<?>, RecordShape> bound = new HashMap<>();
        for (int i = 0; i < parameters.length; i++) {
            bound.put(parameters[i], arguments.get(i));
        }
        RecordComponent[] components = type.getRecordComponents();
        RecordShape.Fields fields = new RecordShape.Fields(type, constructor(type, components, path));
        found.put(key, fields);
        List<RecordShape.Field> all = new ArrayList<>();
        for (RecordComponent component : components) {
            String name = component.getName();
            RecordShape shape = component(component.getGenericType(), bound, path + "." + name);
            all.add(new RecordShape.Field(name, shape, accessor(component, path + "." + name)));
        }
        fields.complete(all);
        return fields;
    }

    private RecordShape component(Type type, Map<TypeVariable<?>, RecordShape> bound, String path) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            return new RecordShape.Maybe(shape(generic.getActualTypeArguments()[0], bound, path));
        }
        return shape(type, bound, path);
    }

    private RecordShape shape(Type type, Map<TypeVariable<?>, RecordShape> bound, String path) {
        if (type instanceof Class<?> plain) {
            return plain(plain, path);
        } else if (type instanceof TypeVariable<?> variable && bound.containsKey(variable)) {
            return bound.get(variable);
        } else if (type instanceof ParameterizedType generic) {
            return generic(generic, bound, path);
        }
        String what = type instanceof GenericArrayType ? "; take a List for an array" : "";
        throw refused(path, "the type " + type.getTypeName() + " has no form in JSON; " + ALLOWED + what);
    }

    private RecordShape plain(Class<?> type, String path) {
        PlainType plain = PlainType.find(type);
        if (plain != null) {
            return new RecordShape.Plain(plain);
        } else if (type.isEnum() && type.getEnumConstants().length > 0) {
            return new RecordShape.Constant(
                    type,
                    Stream.of(type.getEnumConstants())
                            .map(each -> ((Enum<?>) each).name())
                            .toList());
        } else if (type.isRecord()) {
            return fields(type, List.of(), path);
        }
        String what = type.isArray()
                ? "; take a List for an array"
                : type == Optional.class || type == List.class || type == Set.class || type == Map.class
                        ? "; say of what it is, as in " + type.getSimpleName() + "<...>"
                        : "";
        throw refused(path, "the type " + type.getTypeName() + " has no form in JSON; " + ALLOWED + what);
    }

    private RecordShape generic(ParameterizedType type, Map<TypeVariable<?>, RecordShape> bound, String path) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw == List.class || raw == Set.class) {
            return new RecordShape.Items(shape(arguments[0], bound, path + "[]"), raw == Set.class);
        } else if (raw == Map.class && arguments[0] == String.class) {
            return new RecordShape.Entries(shape(arguments[1], bound, path + "{}"));
        } else if (raw.isRecord()) {
            List<RecordShape> shapes = new ArrayList<>();
            for (Type argument : arguments) {
                shapes.add(shape(argument, bound, path));
            }
            return fields(raw, List.copyOf(shapes), path);
        }
        throw refused(path, "the type " + type.getTypeName() + " has no form in JSON; " + ALLOWED);
    }

    private MethodHandle constructor(Class<?> type, RecordComponent[] components, String path) {
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            open(constructor);
            return MethodHandles.lookup().unreflectConstructor(constructor);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw closed(type, path, e);
        }
    }

    private MethodHandle accessor(RecordComponent component, String path) {
        try {
            Method accessor = component.getAccessor();
            open(accessor);
            return MethodHandles.lookup().unreflect(accessor);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw closed(component.getDeclaringRecord(), path, e);
        }
    }

    private static void open(AccessibleObject member) {
        member.trySetAccessible(); // where it fails, a public record of an exported package can be read anyway
    }

    private IllegalArgumentException closed(Class<?> type, String path, Exception e) {
        IllegalArgumentException refused = refused(
                path,
                "the record " + type.getName() + " cannot be read; make it public in an exported package, or open its"
                        + " package: opens " + type.getPackageName() + " to dev.llmadapt");
        refused.initCause(e);
        return refused;
    }
}
