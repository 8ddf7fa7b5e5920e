package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderBytesTest {
    @TempDir
    Path folder;

    @Test
    void read_folder_isUnpackedAsItWas() throws IOException {
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/c.txt"), "words");

        FolderBytes read = FolderBytes.read(folder);

        assertThat(read.names()).containsExactly("a/b/c.txt");
        assertThat(read.size()).isEqualTo(5);
        assertThat(read.unpacked().resolve("a/b/c.txt")).hasContent("words");
    }

    @Test
    void read_whatIsNoFolder_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("adapter.bin"), "x");
        assertThatThrownBy(() -> FolderBytes.read(file))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("is a file; name the folder");
        assertThatThrownBy(() -> FolderBytes.read(folder.resolve("nowhere"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> FolderBytes.read(Files.createDirectory(folder.resolve("empty"))))
                .hasMessageContaining("has no files");
    }
}
