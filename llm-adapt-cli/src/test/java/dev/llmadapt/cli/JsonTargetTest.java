package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTargetTest {
    @TempDir
    Path folder;

    @Test
    void write_whoMayReadOtherFiles_mayReadIt() throws IOException {
        Assumptions.assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Path other = Files.createFile(folder.resolve("other"));
        Path file = folder.resolve("report.json");
        try (JsonTarget target = new JsonTarget("--json", file)) {
            target.write("{}");
        }
        assertThat(file).hasContent("{}");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(other, file);
        }
    }

    @Test
    void open_folderThatIsMissing_isRefused() {
        assertThatThrownBy(() -> new JsonTarget("--json", folder.resolve("a/b.json")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("does not exist; create it first");
    }
}
