package dev.llmadapt.peft.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeftFolderTest {
    /** What {@code src/test/golden/check_folder.py} loads in PEFT. */
    private static final Path REWRITTEN = Path.of("target", "rewritten-adapters");

    static List<String> names() {
        return AdapterGolden.names(true);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    static void assertSame(StoredAdapter again, StoredAdapter adapter) {
        assertThat(again.config()).isEqualTo(adapter.config());
        assertThat(again.base()).isEqualTo(adapter.base());
        assertThat(new ArrayList<>(again.tensors().keySet()))
                .isEqualTo(new ArrayList<>(adapter.tensors().keySet()));
        for (Map.Entry<String, WeightTensor> entry : adapter.tensors().entrySet()) {
            WeightTensor tensor = again.tensors().get(entry.getKey());
            assertThat(tensor.shape()).isEqualTo(entry.getValue().shape());
            assertThat(tensor.encoding()).isEqualTo(entry.getValue().encoding());
            assertThat(tensor.data())
                    .as(entry.getKey())
                    .isEqualTo(entry.getValue().data());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void write_everyKind_readsBackTheSame(String name) throws IOException {
        StoredAdapter adapter = PeftFolder.read(AdapterGolden.folder(name));
        Path folder = REWRITTEN.resolve(name);
        delete(folder);
        PeftFolder.write(folder, adapter);
        assertSame(PeftFolder.read(folder), adapter);
    }
}
