package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterGolden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeftAdapterTest {
    private static final Path LORA = AdapterGolden.resource("adapters").resolve("lora");
    private static final Path IA3 = AdapterGolden.resource("adapters").resolve("ia3");

    @TempDir
    Path folder;

    @Test
    void read_folder_takesItsName() {
        PeftAdapter adapter = PeftAdapter.read(LORA);
        assertThat(adapter.name()).isEqualTo("lora");
        assertThat(adapter.method()).isEqualTo(Adapter.Method.LORA);
        assertThat(adapter.config()).isInstanceOf(AdapterConfig.Lora.class);
        assertThat(adapter.parameterCount()).isEqualTo(2 * (4 * 32 + 32 * 4 + 4 * 32 + 16 * 4));
        assertThat(PeftAdapter.read(LORA.resolve(".")).name()).isEqualTo("lora");
        assertThat(adapter.named("other").name()).isEqualTo("other");
    }

    @Test
    void read_name_takesTheSubFolderOfThatName() {
        PeftAdapter.read(LORA).write(folder.resolve("both"));
        // as PEFT does for an adapter that is not named default: inside the folder of the default one
        PeftAdapter.read(IA3).write(folder.resolve("both").resolve("scales"));
        assertThat(PeftAdapter.read(folder.resolve("both"), "scales").method()).isEqualTo(Adapter.Method.IA3);
        assertThat(PeftAdapter.read(folder.resolve("both"), "default").method()).isEqualTo(Adapter.Method.LORA);
        assertThat(PeftAdapter.read(folder.resolve("both"), "default").name()).isEqualTo("default");
    }

    @Test
    void read_nameThatLeadsOut_staysInTheFolder() {
        PeftAdapter.read(LORA).write(folder.resolve("a"));
        PeftAdapter.read(IA3).write(folder.resolve("b"));
        assertThat(PeftAdapter.read(folder.resolve("a"), "../b").method()).isEqualTo(Adapter.Method.LORA);
        assertThat(PeftAdapter.read(folder.resolve("a"), "..").method()).isEqualTo(Adapter.Method.LORA);
        assertThatThrownBy(() -> PeftAdapter.read(folder.resolve("a"), " "))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PeftAdapter.read(folder, "c"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("no adapter_config.json");
    }
}
