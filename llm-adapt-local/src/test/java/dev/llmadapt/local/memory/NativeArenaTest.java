package dev.llmadapt.local.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.llmadapt.InferenceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NativeArenaTest {
    @Test
    void zeros_anySize_areAlignedZerosInNativeOrder() {
        try (NativeArena arena = new NativeArena()) {
            for (long bytes : new long[] {0, 1, 63, 64, 1 << 20}) {
                ByteBuffer buffer = arena.zeros(bytes);
                assertThat(buffer.isDirect()).isTrue();
                assertThat(buffer.order()).isEqualTo(ByteOrder.nativeOrder());
                assertThat(buffer.capacity()).isEqualTo((int) bytes);
                for (int i = 0; i < bytes; i++) {
                    assertThat(buffer.get(i)).isZero();
                }
                if (bytes > 0) {
                    assertThat(Pointer.nativeValue(Native.getDirectBufferPointer(buffer)) % 64)
                            .isZero();
                }
            }
        }
    }

    @Test
    void close_twice_givesEverythingBackOnce() {
        ScarceMemory memory = new ScarceMemory(1 << 20);
        NativeArena arena = memory.arena();
        arena.zeros(100);
        arena.copy(new float[] {1, 2});
        assertThat(memory.blocks()).isEqualTo(2);
        arena.close();
        arena.close();
        assertThat(memory.blocks()).isZero();
        assertThat(arena.isOpen()).isFalse();
        assertThatThrownBy(() -> arena.zeros(1)).isInstanceOf(IllegalStateException.class);
        assertThat(memory.blocks()).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ofPages_largeBuffer_takesWhatIsWritten() throws IOException {
        long before = resident();
        try (NativeArena arena = NativeArena.ofPages()) {
            ByteBuffer buffer = arena.zeros(1 << 30);
            for (int at = 0; at < buffer.capacity(); at += 1 << 20) {
                assertThat(buffer.get(at)).isZero();
            }
            assertThat(resident() - before).isLessThan(200L << 20);
            for (int at = 0; at < 1 << 29; at += 1 << 12) {
                buffer.put(at, (byte) 1);
            }
            assertThat(resident() - before).isBetween(400L << 20, 800L << 20);
        }
        assertThat(resident() - before).isLessThan(200L << 20);
    }

    private static long resident() throws IOException {
        String status = Files.readString(Path.of("/proc/self/status"));
        return Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s*(\\d+) kB.*", "$1")) << 10;
    }

    @Test
    void zeros_nothingLeft_saysHowMuchWasAskedFor() {
        try (NativeArena arena = new ScarceMemory(1 << 20).arena()) {
            assertThatThrownBy(() -> arena.zeros(5_000_000))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("5 MB")
                    .hasMessageContaining("-Xmx")
                    .hasMessageContaining("cacheMemory");
            assertThat(arena.zeros(1000).capacity()).isEqualTo(1000);
        }
    }

    @Test
    void zeros_moreThanABufferHolds_isRefused() {
        try (NativeArena arena = new NativeArena()) {
            assertThatThrownBy(() -> arena.zeros(1L << 31))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("2048 MB");
        }
    }
}
