package dev.llmadapt.peft.training;

import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.local.memory.NativeArena;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The state of a run in a file: {@code header, then vectors of floats, then a checksum}. A file is written beside the
 * old one and takes its place when it is whole.
 *
 * @param key settings and data it belongs to
 * @param step steps made
 * @param bestLoss the lowest validation loss so far, or NaN
 * @param bestScore the highest validation score so far, or NaN
 * @param bestStep after how many steps the best was
 * @param worse measurements since then
 * @param vectors the numbers that learn, the optimiser's state, and the best numbers if there are any; little endian
 */
record Snapshot(
        String key, int step, double bestLoss, double bestScore, int bestStep, int worse, List<ByteBuffer> vectors) {
    static final String FILE = "training.state";
    private static final int MAGIC = 0x4c4c4154; // LLAT
    private static final int VERSION = 1;

    /** Writes it into a folder. */
    void write(Path folder) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(4 * 7 + 16 + name.length + 8 * vectors.size())
                .order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(MAGIC).putInt(VERSION).putInt(name.length).put(name).putInt(step);
        header.putDouble(bestLoss).putDouble(bestScore).putInt(bestStep).putInt(worse);
        header.putInt(vectors.size());
        vectors.forEach(vector -> header.putLong(vector.capacity()));
        header.flip();
        Path draft = folder.resolve(FILE + ".draft");
        CRC32C sum = new CRC32C();
        try (FileOutputStream file = new FileOutputStream(draft.toFile())) { // a channel would close on an interrupt
            put(file, header, sum);
            for (ByteBuffer vector : vectors) {
                put(file, vector.duplicate().clear(), sum);
            }
            ByteBuffer check = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            put(file, check.putLong(sum.getValue()).flip(), new CRC32C());
            file.getFD().sync();
        } catch (IOException e) {
            throw new TrainingException("cannot write " + draft + ": " + e.getMessage(), e);
        }
        try {
            AtomicFiles.move(draft, folder.resolve(FILE));
        } catch (IOException e) {
            throw new TrainingException("cannot put " + draft + " in its place: " + e.getMessage(), e);
        }
    }

    private static void put(FileOutputStream file, ByteBuffer bytes, CRC32C sum) throws IOException {
        byte[] part = new byte[Math.min(bytes.remaining(), 1 << 16)];
        while (bytes.hasRemaining()) {
            int length = Math.min(part.length, bytes.remaining());
            bytes.get(part, 0, length);
            sum.update(part, 0, length);
            file.write(part, 0, length);
        }
    }

    /**
     * Reads the one in a folder, if there is one.
     *
     * @param key what it must belong to
     * @param sizes bytes of its vectors; the last may be missing
     * @param memory where the vectors lie
     * @throws TrainingException if it is damaged, or belongs to other settings or data
     */
    static Optional<Snapshot> read(Path folder, String key, List<Integer> sizes, NativeArena memory) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            CRC32C sum = new CRC32C();
            ByteBuffer start = get(channel, ByteBuffer.allocate(12), sum);
            int magic = start.getInt();
            int version = start.getInt();
            int length = start.getInt();
            if (magic != MAGIC || version != VERSION || length < 0 || length > 1 << 16) {
                throw damaged(file);
            }
            byte[] name = new byte[length];
            get(channel, ByteBuffer.allocate(length), sum).get(name);
            String found = new String(name, StandardCharsets.UTF_8);
            if (!found.equals(key)) {
                throw new TrainingException("the run in " + folder + " has other settings or data: its state says "
                        + found + ", these are " + key + "; use the same again, or another folder");
            }
            ByteBuffer head = get(channel, ByteBuffer.allocate(32), sum);
            int step = head.getInt();
            double bestLoss = head.getDouble();
            double bestScore = head.getDouble();
            int bestStep = head.getInt();
            int worse = head.getInt();
            int count = head.getInt();
            if (count != sizes.size() && count != sizes.size() - 1) {
                throw damaged(file);
            }
            ByteBuffer lengths = get(channel, ByteBuffer.allocate(8 * count), sum);
            for (int i = 0; i < count; i++) {
                if (lengths.getLong() != sizes.get(i)) {
                    throw damaged(file);
                }
            }
            List<ByteBuffer> vectors = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                vectors.add(get(channel, memory.zeros(sizes.get(i)), sum));
            }
            if (get(channel, ByteBuffer.allocate(8), new CRC32C()).getLong() != sum.getValue()) {
                throw damaged(file);
            }
            return Optional.of(new Snapshot(key, step, bestLoss, bestScore, bestStep, worse, vectors));
        } catch (IOException e) {
            throw new TrainingException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static ByteBuffer get(FileChannel channel, ByteBuffer buffer, CRC32C sum) throws IOException {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("it ends too soon");
            }
        }
        buffer.flip();
        sum.update(buffer.duplicate());
        return buffer;
    }

    private static TrainingException damaged(Path file) {
        return new TrainingException(file + " is damaged, or was written by another version; delete it to begin anew");
    }
}
