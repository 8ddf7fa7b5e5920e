package dev.llmadapt.peft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NativeLibrariesTest {
    private static final String CORE = System.mapLibraryName("onnxruntime");
    private static final String JNI = System.mapLibraryName("onnxruntime4j_jni");
    private static final String CUDA = System.mapLibraryName("onnxruntime_providers_cuda");

    @TempDir
    Path folder;

    private Path jar;
    private Path cache;

    @BeforeEach
    void write() throws IOException {
        jar = folder.resolve("ort.jar");
        cache = folder.resolve("cache");
        writeJar(CORE, JNI, CUDA);
    }

    private void writeJar(String... libraries) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "9.8.7");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (String library : libraries) {
                out.putNextEntry(new JarEntry("ai/onnxruntime/native/linux-x64/" + library));
                out.write(("the code of " + library).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void unpack_withoutCuda_takesWhatEveryStartNeeds() throws IOException {
        Path libraries = NativeLibraries.unpack(jar, "linux-x64", false, cache);

        assertThat(libraries.getParent()).isEqualTo(cache.resolve("native"));
        assertThat(libraries.getFileName().toString()).startsWith("onnxruntime-9.8.7-linux-x64-");
        assertThat(libraries.resolve(CORE)).hasContent("the code of " + CORE);
        assertThat(libraries.resolve(JNI)).exists();
        assertThat(libraries.resolve(CUDA)).doesNotExist();
    }

    @Test
    void unpack_withCudaLater_addsTheProviderBesideTheRest() throws IOException {
        Path libraries = NativeLibraries.unpack(jar, "linux-x64", false, cache);

        assertThat(NativeLibraries.unpack(jar, "linux-x64", true, cache)).isEqualTo(libraries);
        assertThat(libraries.resolve(CUDA)).exists();
    }

    @Test
    void unpack_again_touchesNothing() throws IOException {
        Path library = NativeLibraries.unpack(jar, "linux-x64", true, cache).resolve(CORE);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(library, longAgo);

        NativeLibraries.unpack(jar, "linux-x64", true, cache);

        assertThat(Files.getLastModifiedTime(library)).isEqualTo(longAgo);
    }

    @Test
    void unpack_libraryCutShort_isMended() throws IOException {
        Path library = NativeLibraries.unpack(jar, "linux-x64", true, cache).resolve(CORE);
        Files.writeString(library, "x");

        NativeLibraries.unpack(jar, "linux-x64", true, cache);

        assertThat(library).hasContent("the code of " + CORE);
    }

    @Test
    void unpack_jarWithoutThePlatform_isRefused() {
        assertThatThrownBy(() -> NativeLibraries.unpack(jar, "win-x64", false, cache))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("for win-x64");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x64",
        "Linux, aarch64, linux-aarch64",
        "Mac OS X, aarch64, osx-aarch64",
        "Windows 11, amd64, win-x64",
        "SunOS, sparc, ''",
        "Linux, riscv64, ''"
    })
    void platform_isNamedAsInTheJar(String os, String arch, String platform) {
        assertThat(NativeLibraries.platform(os, arch).orElse("")).isEqualTo(platform);
    }
}
