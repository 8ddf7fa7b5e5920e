package dev.llmadapt.peft.onnx;

import dev.llmadapt.AdapterException;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.local.memory.Transfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * ONNX Runtime's {@code .onnx_adapter}: named tensors that a session takes as inputs while the adapter is active. A
 * FlatBuffer with the identifier {@code TORT} (schema: {@code adapter_schema.fbs} of microsoft/onnxruntime; encoding:
 * FlatBuffers internals).
 *
 * <pre>
 * Adapter   { format_version: int; adapter_version: int; model_version: int; parameters: [Parameter] }
 * Parameter { name: string; dims: [int64]; data_type: int32; raw_data: [uint8], aligned to 8 }
 * </pre>
 *
 * <p>A table is a distance back to its vtable, then fields; the vtable lists its own size, the table's, and where each
 * field stands in it, 0 for one that is left out. Strings, vectors and tables are pointed to by distances forward. All
 * of it is checked before it is followed.
 *
 * @param adapterVersion the maker's version of the adapter
 * @param modelVersion the maker's version of the model it is for
 * @param parameters the tensors, their names unique
 */
public record OnnxAdapterFile(int adapterVersion, int modelVersion, List<Parameter> parameters) {
    /** ONNX's number of {@code float32}. */
    public static final int FLOAT = 1;
    /** ONNX's number of {@code float16}. */
    public static final int FLOAT16 = 10;
    /** ONNX's number of {@code bfloat16}. */
    public static final int BFLOAT16 = 16;

    private static final int IDENTIFIER = 'T' | 'O' << 8 | 'R' << 16 | 'T' << 24;
    private static final int FORMAT_VERSION = 1;
    private static final int MAX_DIMENSIONS = 8;
    private static final int MAX_NAME = 1000;
    /** Bytes a number, by ONNX's number of the type. */
    private static final Map<Integer, Integer> TYPE_BYTES = Map.ofEntries(
            Map.entry(FLOAT, 4),
            Map.entry(2, 1),
            Map.entry(3, 1),
            Map.entry(4, 2),
            Map.entry(5, 2),
            Map.entry(6, 4),
            Map.entry(7, 8),
            Map.entry(9, 1),
            Map.entry(FLOAT16, 2),
            Map.entry(11, 8),
            Map.entry(12, 4),
            Map.entry(13, 8),
            Map.entry(BFLOAT16, 2));

    /**
     * A tensor.
     *
     * @param name of the graph input that takes it
     * @param dims its shape
     * @param dataType ONNX's number of its type
     * @param data its numbers, row-major, little-endian; not to be written to
     */
    public record Parameter(String name, List<Long> dims, int dataType, ByteBuffer data) {
        /** Checks that the data is what type and shape make it. */
        public Parameter {
            dims = List.copyOf(dims);
            Integer size = TYPE_BYTES.get(dataType);
            if (size == null) {
                throw new IllegalArgumentException(
                        "parameter '" + name + "' is of the unsupported ONNX type " + dataType + ", expected one of "
                                + TYPE_BYTES.keySet().stream().sorted().toList());
            }
            long bytes = size;
            for (long dim : dims) {
                if (dim < 0 || dim > Integer.MAX_VALUE || bytes * dim > Integer.MAX_VALUE) {
                    throw new IllegalArgumentException("parameter '" + name + "' has an impossible shape " + dims);
                }
                bytes *= dim;
            }
            if (bytes != data.remaining()) {
                throw new IllegalArgumentException("parameter '" + name + "' of the shape " + dims + " takes " + bytes
                        + " bytes, got " + data.remaining());
            }
            data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Checks that names are unique. */
    public OnnxAdapterFile {
        parameters = List.copyOf(parameters);
        Set<String> names = new HashSet<>();
        for (Parameter parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw new IllegalArgumentException("two parameters have the name '" + parameter.name() + "'");
            }
        }
    }

    /**
     * Maps a file, which must then stay unchanged while its parameters are in use.
     *
     * @throws AdapterException if it cannot be read or is damaged
     */
    public static OnnxAdapterFile read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new AdapterException(file + " has " + channel.size() + " bytes; the format ends at 2 GiB");
            }
            return read(file.toString(), channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (IOException e) {
            throw new AdapterException("cannot read " + file + ": " + e, e);
        }
    }

    /** Reads what a file has from position to limit; {@code file} names it in messages. */
    static OnnxAdapterFile read(String file, ByteBuffer bytes) {
        Reader reader = new Reader(file, bytes);
        try {
            return reader.adapter();
        } catch (IllegalArgumentException e) {
            throw reader.damaged(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Writes a file, whole or not at all.
     *
     * @param file must not exist
     * @throws AdapterException if it exists or cannot be written
     */
    public void write(Path file) {
        Path target = file.toAbsolutePath().normalize();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new AdapterException(file + " exists; delete it or choose another place");
        }
        Path draft = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            try {
                ByteBuffer bytes = bytes();
                try (FileChannel channel =
                        FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    Transfer.write(channel, bytes);
                }
                AtomicFiles.move(draft, target);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new AdapterException("cannot write " + file + ": " + e, e);
        }
    }

    /** The file's content. */
    ByteBuffer bytes() {
        List<byte[]> names = parameters.stream()
                .map(parameter -> parameter.name().getBytes(StandardCharsets.UTF_8))
                .toList();
        long size = Writer.PARAMETERS + 4L * parameters.size() + Writer.VTABLE + 2;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            size += Writer.TABLE
                    + 16
                    + names.get(i).length
                    + 16
                    + 8L * parameter.dims().size()
                    + 16
                    + parameter.data().remaining()
                    + 8;
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new AdapterException("the adapter takes " + size + " bytes; an .onnx_adapter file ends at 2 GiB");
        }
        return new Writer((int) size).write(this, names);
    }

    /** Lays the tables out from front to back: vtables before tables, what is pointed to behind. */
    private static final class Writer {
        static final int VTABLE = 12; // two sizes and four fields, 2 bytes each
        static final int TABLE = 20; // the vtable's distance and four fields, 4 bytes each
        static final int PARAMETERS = 8 + VTABLE + TABLE + 4;

        private final ByteBuffer out;

        Writer(int size) {
            out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }

        ByteBuffer write(OnnxAdapterFile file, List<byte[]> names) {
            out.putInt(8 + VTABLE).putInt(IDENTIFIER);
            int vtable = vtable();
            out.putInt(out.position() - vtable);
            out.putInt(FORMAT_VERSION).putInt(file.adapterVersion()).putInt(file.modelVersion());
            out.putInt(4); // the vector follows
            out.putInt(names.size());
            int offsets = out.position();
            out.position(offsets + 4 * names.size());
            int shared = vtable();
            for (int i = 0; i < names.size(); i++) {
                Parameter parameter = file.parameters().get(i);
                align(4, 0);
                int table = out.position();
                pointFrom(offsets + 4 * i);
                out.putInt(table - shared)
                        .putInt(0)
                        .putInt(0)
                        .putInt(parameter.dataType())
                        .putInt(0);
                pointFrom(table + 4);
                out.putInt(names.get(i).length).put(names.get(i)).put((byte) 0);
                align(8, 4);
                pointFrom(table + 8);
                out.putInt(parameter.dims().size());
                parameter.dims().forEach(out::putLong);
                align(8, 4);
                pointFrom(table + 16);
                out.putInt(parameter.data().remaining()).put(parameter.data().duplicate());
            }
            align(8, 0);
            return out.flip();
        }

        private int vtable() {
            int at = out.position();
            out.putShort((short) VTABLE).putShort((short) TABLE);
            for (int field = 4; field < TABLE; field += 4) {
                out.putShort((short) field);
            }
            return at;
        }

        private void pointFrom(int at) {
            out.putInt(at, out.position() - at);
        }

        private void align(int to, int remainder) {
            while (out.position() % to != remainder) {
                out.put((byte) 0);
            }
        }
    }

    private static final class Reader {
        private final String file;
        private final ByteBuffer bytes;
        private final int size;
        /** Of all parameters together: they may point to the same bytes, which would be read again for each. */
        private long contentBytes;

        Reader(String file, ByteBuffer bytes) {
            this.file = file;
            this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
            this.size = this.bytes.capacity();
        }

        AdapterException damaged(String what) {
            return new AdapterException("damaged .onnx_adapter file " + file + ": " + what);
        }

        OnnxAdapterFile adapter() {
            if (size < 8 || bytes.getInt(4) != IDENTIFIER) {
                throw new AdapterException(file + " is no .onnx_adapter file: it lacks the mark TORT");
            }
            int root = follow(0);
            int version = number(root, 0);
            if (version != FORMAT_VERSION) {
                throw new AdapterException(
                        file + " has the format version " + version + ", expected " + FORMAT_VERSION);
            }
            List<Parameter> parameters = new ArrayList<>();
            int field = field(root, 3, 4);
            if (field != 0) {
                int vector = follow(field);
                int count = length(vector, 4);
                for (int i = 0; i < count; i++) {
                    parameters.add(parameter(follow(vector + 4 + 4 * i), i));
                }
            }
            return new OnnxAdapterFile(number(root, 1), number(root, 2), parameters);
        }

        private Parameter parameter(int table, int index) {
            int nameField = field(table, 0, 4);
            int dimsField = field(table, 1, 4);
            int dataField = field(table, 3, 4);
            if (nameField == 0 || dataField == 0) {
                throw damaged("parameter " + index + " lacks its " + (nameField == 0 ? "name" : "data"));
            }
            int text = follow(nameField);
            int nameBytes = charged(length(text, 1));
            if (nameBytes > MAX_NAME) {
                throw damaged("the name of parameter " + index + " has " + nameBytes + " bytes, at most " + MAX_NAME
                        + " are read");
            }
            ByteBuffer name = bytes.slice(text + 4, nameBytes);
            List<Long> dims = new ArrayList<>();
            if (dimsField != 0) {
                int vector = follow(dimsField);
                int count = length(vector, 8);
                if (count > MAX_DIMENSIONS) {
                    throw damaged("parameter " + index + " has " + count + " dimensions, at most " + MAX_DIMENSIONS
                            + " are read");
                }
                for (int i = 0; i < count; i++) {
                    dims.add(bytes.getLong(vector + 4 + 8 * i));
                }
            }
            int data = follow(dataField);
            int length = charged(length(data, 1));
            try {
                return new Parameter(
                        StandardCharsets.UTF_8.newDecoder().decode(name).toString(),
                        dims,
                        number(table, 2),
                        bytes.slice(data + 4, length));
            } catch (CharacterCodingException e) {
                throw damaged("the name of parameter " + index + " is not UTF-8");
            }
        }

        /** Counts bytes that belong to one parameter alone, if the file is well-formed. */
        private int charged(int length) {
            contentBytes += length;
            if (contentBytes > size) {
                throw damaged("its parameters overlap: " + contentBytes + " bytes in a file of " + size);
            }
            return length;
        }

        /** Requires {@code length} bytes at {@code at}. */
        private void require(long at, long length) {
            if (at < 0 || at + length > size) {
                throw damaged(length + " bytes at " + at + " are outside of its " + size);
            }
        }

        /** Where the distance that stands at {@code at} leads. */
        private int follow(int at) {
            require(at, 4);
            long target = at + Integer.toUnsignedLong(bytes.getInt(at));
            require(target, 4);
            return (int) target;
        }

        /** Elements of the vector at {@code at}, which all lie in the file. */
        private int length(int at, int elementBytes) {
            require(at, 4);
            long count = Integer.toUnsignedLong(bytes.getInt(at));
            require(at + 4L, count * elementBytes);
            return (int) count;
        }

        /** Where a field of {@code length} bytes stands, or 0 if it is left out. */
        private int field(int table, int index, int length) {
            require(table, 4);
            long vtable = (long) table - bytes.getInt(table);
            require(vtable, 4);
            int vtableSize = Short.toUnsignedInt(bytes.getShort((int) vtable));
            int tableSize = Short.toUnsignedInt(bytes.getShort((int) vtable + 2));
            require(vtable, vtableSize);
            require(table, tableSize);
            int entry = 4 + 2 * index;
            if (entry + 2 > vtableSize) {
                return 0;
            }
            int offset = Short.toUnsignedInt(bytes.getShort((int) vtable + entry));
            if (offset == 0) {
                return 0;
            }
            if (offset < 4 || offset + length > tableSize) {
                throw damaged("a field at " + offset + " is outside of its table of " + tableSize + " bytes");
            }
            return table + offset;
        }

        private int number(int table, int index) {
            int at = field(table, index, 4);
            return at == 0 ? 0 : bytes.getInt(at);
        }
    }
}
