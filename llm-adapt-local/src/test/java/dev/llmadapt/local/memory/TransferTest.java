package dev.llmadapt.local.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void writeAndRead_largeHeapBuffer_takesLittleDirectMemory() throws IOException {
        byte[] bytes = new byte[24 << 20];
        new Random(3).nextBytes(bytes);
        Path file = folder.resolve("file");
        long before = direct();
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            ByteBuffer source = ByteBuffer.wrap(bytes, 5, bytes.length - 10);
            Transfer.write(channel, source);
            assertThat(source.hasRemaining()).isFalse();
            assertThat(source.limit()).isEqualTo(bytes.length - 5);
            ByteBuffer target = ByteBuffer.allocate(bytes.length - 12);
            Transfer.read(channel, target, 2);
            assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(bytes, 7, bytes.length - 12));
            assertThatThrownBy(() -> Transfer.read(channel, ByteBuffer.allocate(10), bytes.length - 15))
                    .isInstanceOf(EOFException.class);
        }
        assertThat(Files.size(file)).isEqualTo(bytes.length - 10);
        assertThat(direct() - before).isLessThan(4 << 20);
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
