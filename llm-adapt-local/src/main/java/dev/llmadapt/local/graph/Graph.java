package dev.llmadapt.local.graph;

import dev.llmadapt.local.graph.Op.TypedShape;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A computation graph under construction: nodes in the order they were applied, which is an order they can run in. Not
 * thread-safe.
 */
public final class Graph {
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private final Map<String, ExternalWeight> weights = new LinkedHashMap<>();
    private final Map<String, long[]> constants = new LinkedHashMap<>();
    private final Map<String, Float> scalars = new LinkedHashMap<>();
    private final Map<String, Value> shared = new HashMap<>();
    private final Map<Value, UnaryOperator<Value>> made = new HashMap<>();
    private @Nullable Value lastUse; // of what was made for a use
    private List<Node> nodes = new ArrayList<>(); // of the body that is being built, or of the graph
    private int applied; // operators in all bodies
    private final Set<String> names = new HashSet<>();

    /** Adds an input: a tensor that the caller feeds at each run. */
    public Value input(String name, ElementType type, Shape shape) {
        Value value = value(name, type, shape);
        inputs.put(value.name(), value);
        return value;
    }

    /**
     * Adds a weight that is kept outside the graph.
     *
     * @param data see {@link ExternalWeight#data()}
     */
    public Value weight(String name, ElementType type, Shape shape, Function<NativeArena, ByteBuffer> data) {
        Value value = value(name, type, shape);
        weights.put(value.name(), new ExternalWeight(value.name(), type, shape, data));
        return value;
    }

    /** Returns an input that several operators share: made by the first call, found by the next. */
    public Value sharedInput(String name, ElementType type, Shape shape) {
        Value known = inputs.get(name);
        return known != null ? known : input(name, type, shape);
    }

    /** Returns a weight that several operators share by name: made by the first call, found by the next. */
    public Value sharedWeight(String name, ElementType type, Shape shape, Function<NativeArena, ByteBuffer> data) {
        Value known = shared.get(name);
        if (known != null) {
            return known;
        }
        Value value = weight(name, type, shape, data);
        shared.put(name, value);
        return value;
    }

    /**
     * Returns a weight that several operators share by name, whose elements are packed; see
     * {@link ExternalWeight#packed()}.
     */
    public Value packedWeight(String name, ElementType type, Shape shape, Function<NativeArena, ByteBuffer> data) {
        Value value = sharedWeight(name, type, shape, data);
        weights.computeIfPresent(
                value.name(),
                (key, weight) -> new ExternalWeight(key, weight.type(), weight.shape(), weight.data(), true));
        return value;
    }

    /** Returns the value of a name, made the first time it is asked for. */
    public Value once(String name, Supplier<Value> make) {
        Value known = shared.get(name);
        if (known == null) {
            known = make.get();
            shared.put(name, known);
        }
        return known;
    }

    /**
     * Makes a value, uses it, and lets {@link #usedAgain} make it anew elsewhere, so that nobody keeps it in between.
     * Such values are made in the order in which they are asked for, each after the one before was used: without that
     * the engine might begin with all of them.
     *
     * @param after what is known before it is made
     * @param make makes it when another value is known, by {@link #reshapeAfter}
     * @param use what is made of it
     */
    public Value used(Value after, UnaryOperator<Value> make, UnaryOperator<Value> use) {
        Value value = make.apply(after);
        made.put(value, make);
        Value result = use.apply(value);
        lastUse = result;
        return result;
    }

    /** Uses a value that was made for {@link #used}, made anew; or any other as it is. */
    public Value usedAgain(Value value, Value after, UnaryOperator<Value> use) {
        UnaryOperator<Value> make = made.get(value);
        if (make == null) {
            return use.apply(value);
        }
        Value result = use.apply(make.apply(after));
        lastUse = result;
        return result;
    }

    /** Reshapes a value to a shape that is known, but not before another value is, nor before the last use. */
    public Value reshapeAfter(Value x, Shape shape, Value after) {
        Value dims = apply(Op.ADD, Map.of(), constant(x.name() + ".dims", shape.sizes()), zeroAfter(after));
        Value last = lastUse;
        return reshape(x, last == null ? dims : apply(Op.ADD, Map.of(), dims, zeroAfter(last)), shape);
    }

    private Value zeroAfter(Value value) {
        return once(value.name() + ".known", () -> {
            Value sizes = apply(Op.SHAPE, Map.of(), value).sum(0);
            return apply(Op.MUL, Map.of(), sizes, constant("zero", 0));
        });
    }

    /** Returns a small constant vector of integers, kept in the graph. */
    public Value constant(String name, long... values) {
        Value value = value(unique(name), ElementType.INT64, Shape.of(values.length));
        constants.put(value.name(), values.clone());
        return value;
    }

    /** Returns a constant float, kept in the graph. */
    public Value scalar(float number) {
        String name = "scalar." + number;
        Value known = shared.get(name);
        if (known != null) {
            return known;
        }
        Value value = value(name, ElementType.FLOAT, Shape.of());
        scalars.put(name, number);
        shared.put(name, value);
        return value;
    }

    /** Returns the integers of a {@link #constant}. */
    public long[] constantValue(Value constant) {
        long[] values = constants.get(constant.name());
        if (values == null) {
            throw new IllegalArgumentException("expected a constant of this graph, got " + constant);
        }
        return values.clone();
    }

    /** Applies an operator and returns its first result. A null operand leaves an optional one out. */
    public Value apply(Op op, Map<String, Object> attributes, @Nullable Value... operands) {
        return applyAll(op, attributes, 1, operands).get(0);
    }

    /** Applies an operator and returns its first {@code count} results. */
    public List<Value> applyAll(Op op, Map<String, Object> attributes, int count, @Nullable Value... operands) {
        List<@Nullable Value> inputs = Collections.unmodifiableList(new ArrayList<>(Arrays.asList(operands)));
        for (Value operand : inputs) {
            if (operand != null && operand.graph() != this) {
                throw new IllegalArgumentException(operand + " belongs to another graph");
            }
        }
        List<TypedShape> results = op.infer(inputs, attributes, count);
        if (results.size() < count) {
            throw new IllegalArgumentException(
                    op.onnxName() + " gives " + results.size() + " results, asked for " + count);
        }
        return add(op, attributes, inputs, results.subList(0, count));
    }

    /** Reshapes a value; the caller declares the result, since sizes known only at run time cannot be derived. */
    Value reshape(Value x, Value target, Shape result) {
        return add(Op.RESHAPE, Map.of(), List.of(x, target), List.of(new TypedShape(x.type(), result)))
                .get(0);
    }

    /** Splits a value into sizes known only at run time; the caller names them. */
    List<Value> split(Value x, int axis, Value sizes, Shape.Dim... parts) {
        if (sizes.type() != ElementType.INT64 || !sizes.shape().equals(Shape.of(parts.length))) {
            throw new IllegalArgumentException(
                    "expected a vector of " + parts.length + " INT64 sizes to split " + x + ", got " + sizes);
        }
        List<TypedShape> pieces = new ArrayList<>();
        for (Shape.Dim part : parts) {
            pieces.add(new TypedShape(x.type(), x.shape().with(axis, part)));
        }
        return add(Op.SPLIT, Map.of("axis", (long) axis), List.of(x, sizes), pieces);
    }

    /** Broadcasts a value to the shape of another. */
    public Value expand(Value x, Value like) {
        if (like.shape().dims().stream().allMatch(Shape.Dim::known)) {
            return expand(x, like.shape());
        }
        return expand(x, apply(Op.SHAPE, Map.of(), like), like.shape());
    }

    /** Broadcasts a value to a shape that is known. */
    public Value expand(Value x, Shape shape) {
        return expand(x, constant(x.name() + ".sizes", shape.sizes()), shape);
    }

    private Value expand(Value x, Value target, Shape shape) {
        return add(Op.EXPAND, Map.of(), List.of(x, target), List.of(new TypedShape(x.type(), shape)))
                .get(0);
    }

    /** Reshapes a value to the shape of another that has as many elements. */
    public Value reshapeTo(Value x, Value like) {
        return reshape(x, apply(Op.SHAPE, Map.of(), like), like.shape());
    }

    /** Reshapes a value to a shape that begins with the sizes of another, and whose last dimension is known. */
    public Value reshapeRows(Value x, Value like, Shape result) {
        Value sizes = apply(Op.SHAPE, Map.of(), like);
        Value last = constant(x.name() + ".last", result.dim(-1).size());
        return reshape(x, apply(Op.CONCAT, Map.of("axis", 0L), sizes, last), result);
    }

    /** Renames the dimensions of a value, of which the caller knows more than can be derived. */
    public Value named(Value x, Shape shape) {
        return add(Op.NAMED, Map.of(), List.of(x), List.of(new TypedShape(x.type(), shape)))
                .get(0);
    }

    /** Casts a value to a type; returns the value itself if it has it. */
    public Value cast(Value x, ElementType type) {
        if (x.type() == type) {
            return x;
        }
        return add(Op.CAST, Map.of("to", (long) type.onnx()), List.of(x), List.of(new TypedShape(type, x.shape())))
                .get(0);
    }

    /** Slices a dimension; the caller declares the result. */
    public Value slice(Value x, int axis, long from, long to, Shape result) {
        List<@Nullable Value> operands = List.of(
                x,
                constant(x.name() + ".from", from),
                constant(x.name() + ".to", to),
                constant(x.name() + ".axis", axis));
        return add(Op.SLICE, Map.of(), operands, List.of(new TypedShape(x.type(), result)))
                .get(0);
    }

    /** The first elements of a dimension, as many as an input says; the caller names them. */
    public Value first(Value x, int axis, Value count, Shape.Dim name) {
        List<@Nullable Value> operands =
                List.of(x, constant(x.name() + ".from", 0), count, constant(x.name() + ".axis", axis));
        return add(
                        Op.SLICE,
                        Map.of(),
                        operands,
                        List.of(new TypedShape(x.type(), x.shape().with(axis, name))))
                .get(0);
    }

    private List<Value> add(
            Op op, Map<String, Object> attributes, List<@Nullable Value> inputs, List<TypedShape> results) {
        String name = op.onnxName() + "_" + applied++;
        List<Value> values = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            TypedShape result = results.get(i);
            values.add(value(i == 0 ? name : name + "." + i, result.type(), result.shape()));
        }
        nodes.add(new Node(name, op, inputs, List.copyOf(values), Map.copyOf(attributes)));
        return values;
    }

    /**
     * Computes one of two bodies, chosen at each run. What is applied in a body is seen in it alone; inputs, weights
     * and constants that it adds are the graph's.
     *
     * @param condition one truth value
     * @param whenTrue applies operators and returns the results, which are of operators in it
     * @param whenFalse likewise, with results of the same types
     * @return the results, with the shapes that they have when it is false
     */
    public List<Value> choose(Value condition, Supplier<List<Value>> whenTrue, Supplier<List<Value>> whenFalse) {
        return choose(condition, whenTrue, whenFalse, List.of());
    }

    /**
     * Computes one of two bodies; see {@link #choose(Value, Supplier, Supplier)}.
     *
     * @param last the shapes of the last results, of which the caller knows more than can be derived
     */
    public List<Value> choose(
            Value condition, Supplier<List<Value>> whenTrue, Supplier<List<Value>> whenFalse, List<Shape> last) {
        if (condition.type() != ElementType.BOOL) {
            throw new IllegalArgumentException("expected a truth value to choose by, got " + condition);
        }
        Node.Body chosen = body(whenTrue);
        Node.Body other = body(whenFalse);
        int declared = other.results().size() - last.size();
        List<TypedShape> results = new ArrayList<>();
        for (Value value : other.results()) {
            Shape shape = results.size() < declared ? value.shape() : last.get(results.size() - declared);
            results.add(new TypedShape(value.type(), shape));
        }
        if (!chosen.results().stream()
                .map(Value::type)
                .toList()
                .equals(results.stream().map(TypedShape::type).toList())) {
            throw new IllegalArgumentException("both bodies must give results of the same types, got "
                    + chosen.results() + " and " + other.results());
        }
        return add(Op.IF, Map.of("then_branch", chosen, "else_branch", other), List.of(condition), results);
    }

    private Node.Body body(Supplier<List<Value>> build) {
        List<Node> around = nodes;
        nodes = new ArrayList<>();
        try {
            List<Value> results = build.get();
            Set<Value> own = new HashSet<>();
            nodes.forEach(node -> own.addAll(node.outputs()));
            if (!own.containsAll(results)) {
                throw new IllegalArgumentException("a body must give results of operators in it, got " + results);
            }
            return new Node.Body(nodes, results);
        } finally {
            nodes = around;
        }
    }

    /** Declares a value as an output of the graph. */
    public void output(String name, Value value) {
        if (outputs.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("the graph already has an output '" + name + "'");
        }
    }

    /** The inputs by name, in the order added. */
    public Map<String, Value> inputs() {
        return Collections.unmodifiableMap(inputs);
    }

    /** The outputs by name, in the order added. */
    public Map<String, Value> outputs() {
        return Collections.unmodifiableMap(outputs);
    }

    /** The weights, in the order added. */
    public List<ExternalWeight> weights() {
        return List.copyOf(weights.values());
    }

    /** The operators applied, in an order they can run in. */
    public List<Node> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    Map<String, Float> scalars() {
        return Collections.unmodifiableMap(scalars);
    }

    Map<String, long[]> constants() {
        return Collections.unmodifiableMap(constants);
    }

    private Value value(String name, ElementType type, Shape shape) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("the graph already has a value '" + name + "'");
        }
        return new Value(this, name, type, shape);
    }

    private String unique(String name) {
        String candidate = name;
        for (int i = 1; names.contains(candidate); i++) {
            candidate = name + "." + i;
        }
        return candidate;
    }
}
