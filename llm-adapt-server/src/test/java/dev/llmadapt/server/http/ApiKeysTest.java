package dev.llmadapt.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {
    @Test
    void find_tellsKeysApartAndShowsNone() {
        ApiKeys keys = ApiKeys.of(List.of("first-key", "second-key"));
        assertThat(keys.find("first-key")).hasValue(0);
        assertThat(keys.find("second-key")).hasValue(1);
        assertThat(keys.find("")).isEmpty();
        assertThat(keys.find("first-kez")).isEmpty();
        assertThat(keys.toString()).isEqualTo("2 API keys");
        assertThat(ApiKeys.none().isEmpty()).isTrue();
    }

    @Test
    void read_file_takesALineEach(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "# who\n\n  first-key  \nsecond-key\n");
        assertThat(ApiKeys.read(file).find("first-key")).hasValue(0);
        Files.writeString(file, "# nobody\n");
        assertThatThrownBy(() -> ApiKeys.read(file)).hasMessageContaining("no API key");
        Files.writeString(file, "good-key-1\nshort\n");
        assertThatThrownBy(() -> ApiKeys.read(file))
                .hasMessageContaining("API key 2")
                .hasMessageNotContaining("short");
    }
}
