package dev.llmadapt.local.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The dimensions of a tensor, outermost first: sizes where they are known while building, names where they are known
 * only when the graph runs. Equal names mean equal sizes.
 *
 * @param dims the dimensions; none for a scalar
 */
public record Shape(List<Dim> dims) {
    /** Copies the dimensions. */
    public Shape {
        dims = List.copyOf(dims);
    }

    /**
     * A dimension.
     *
     * @param size its size, or -1 when only its name is known
     * @param symbol its name, empty when the size is known
     */
    public record Dim(long size, String symbol) {
        /** A known size. */
        public static Dim of(long size) {
            if (size < 0) {
                throw new IllegalArgumentException("a dimension must not be negative, size: " + size);
            }
            return new Dim(size, "");
        }

        /** A named size. */
        public static Dim of(String symbol) {
            return new Dim(-1, symbol);
        }

        /** Whether the size is known while building. */
        public boolean known() {
            return size >= 0;
        }

        @Override
        public String toString() {
            return known() ? Long.toString(size) : symbol;
        }
    }

    /** Returns a shape of sizes ({@link Integer}, {@link Long}), names ({@link String}) and {@link Dim}s. */
    public static Shape of(Object... dims) {
        List<Dim> list = new ArrayList<>(dims.length);
        for (Object dim : dims) {
            if (dim instanceof Dim d) {
                list.add(d);
            } else if (dim instanceof String symbol) {
                list.add(Dim.of(symbol));
            } else {
                list.add(Dim.of(((Number) dim).longValue()));
            }
        }
        return new Shape(list);
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.size();
    }

    /** Returns a dimension; negative axes count from the end. */
    public Dim dim(int axis) {
        return dims.get(axis < 0 ? axis + rank() : axis);
    }

    /** Returns this shape with another size along an axis; negative axes count from the end. */
    public Shape with(int axis, Dim dim) {
        List<Dim> list = new ArrayList<>(dims);
        list.set(axis < 0 ? axis + rank() : axis, dim);
        return new Shape(list);
    }

    /** Returns the number of elements; every dimension must be known. */
    public long elements() {
        long product = 1;
        for (Dim dim : dims) {
            if (!dim.known()) {
                throw new IllegalStateException("the number of elements of " + this + " is not known while building");
            }
            product = Math.multiplyExact(product, dim.size());
        }
        return product;
    }

    /** Returns the sizes; every dimension must be known. */
    public long[] sizes() {
        elements();
        return dims.stream().mapToLong(Dim::size).toArray();
    }

    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
