package dev.llmadapt.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LibraryFolderTest {
    private static final String CORE = System.mapLibraryName("onnxruntime");
    private static final String JNI = System.mapLibraryName("onnxruntime4j_jni");
    private static final String CUDA = System.mapLibraryName("onnxruntime_providers_cuda");

    @TempDir
    Path folder;

    private CacheFolders cache;
    private URLClassLoader loader;

    @BeforeEach
    void open() throws IOException {
        cache = cache(folder.resolve("cache"));
        loader = loader(CORE, JNI, CUDA);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private static CacheFolders cache(Path... folders) {
        return new CacheFolders(Stream.of(folders)
                .map(folder -> new CacheFolders.Candidate(folder, "a setting", false))
                .toList());
    }

    private URLClassLoader loader(String... libraries) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "9.8.7");
        Path jar = Files.createTempFile(folder, "ort", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (String library : libraries) {
                out.putNextEntry(new JarEntry("ai/onnxruntime/native/linux-x64/" + library));
                out.write(("the code of " + library).getBytes(StandardCharsets.UTF_8));
            }
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    private LibraryFolder found(boolean cuda) throws IOException {
        return OnnxRuntime.find(loader, "linux-x64", cuda).orElseThrow();
    }

    @Test
    void unpacked_withoutCuda_takesWhatEveryStartNeeds() throws IOException {
        Path libraries = found(false).unpacked(cache);

        assertThat(libraries.getParent()).isEqualTo(cache.first().resolve("native"));
        assertThat(libraries.getFileName().toString()).startsWith("onnxruntime-9.8.7-linux-x64-");
        assertThat(libraries.resolve(CORE)).hasContent("the code of " + CORE);
        assertThat(libraries.resolve(JNI)).exists();
        assertThat(libraries.resolve(CUDA)).doesNotExist();
    }

    @Test
    void unpacked_withCudaLater_addsTheProviderBesideTheRest() throws IOException {
        Path libraries = found(false).unpacked(cache);

        assertThat(found(true).unpacked(cache)).isEqualTo(libraries);
        assertThat(libraries.resolve(CUDA)).exists();
    }

    @Test
    void unpacked_again_touchesNothing() throws IOException {
        Path library = found(true).unpacked(cache).resolve(CORE);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(library, longAgo);

        found(true).unpacked(cache);

        assertThat(Files.getLastModifiedTime(library)).isEqualTo(longAgo);
    }

    @Test
    void unpacked_libraryCutShort_isMended() throws IOException {
        Path library = found(true).unpacked(cache).resolve(CORE);
        Files.writeString(library, "x");

        found(true).unpacked(cache);

        assertThat(library).hasContent("the code of " + CORE);
    }

    /** Several users share a cache folder. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no POSIX permissions")
    void unpacked_whoMayReadOtherFiles_mayReadTheLibraries() throws IOException {
        Path other = Files.createFile(folder.resolve("other"));

        Path libraries = found(true).unpacked(cache);

        try (Stream<Path> files = Files.list(libraries)) {
            assertThat(files.toList())
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                            .isEqualTo(Files.getPosixFilePermissions(other)));
        }
    }

    @Test
    void unpacked_libraryThatThisUserMayNotRead_isReplaced() throws IOException {
        Path library = found(true).unpacked(cache).resolve(CORE);
        Files.setPosixFilePermissions(library, Set.of());
        assumeFalse(Files.isReadable(library), "needs a user who may not read everything, unlike root");

        found(true).unpacked(cache);

        assertThat(library).hasContent("the code of " + CORE);
    }

    @Test
    void unpacked_linkInThePlaceOfALibrary_isReplacedNotFollowed() throws IOException {
        Path library = found(true).unpacked(cache).resolve(CORE);
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "mine");
        Files.delete(library);
        Files.createSymbolicLink(library, elsewhere);

        found(true).unpacked(cache);

        assertThat(elsewhere).hasContent("mine");
        assertThat(Files.isSymbolicLink(library)).isFalse();
        assertThat(library).hasContent("the code of " + CORE);
    }

    @Test
    void unpacked_folderThatCannotBeMade_goesToTheNext() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        Path libraries = found(false).unpacked(cache(file.resolve("cache"), folder.resolve("next")));

        assertThat(libraries).startsWith(folder.resolve("next"));
        assertThat(libraries.resolve(CORE)).exists();
    }

    @Test
    void unpacked_noFolderThatCanBeUsed_isRefusedByName() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        LibraryFolder library = found(false);

        assertThatThrownBy(() -> library.unpacked(cache(file.resolve("one"), file.resolve("two"))))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining(file.resolve("one").toString())
                .hasMessageContaining(file.resolve("two").toString())
                .hasMessageContaining("LLM_ADAPT_CACHE");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its folder for temporary files is the user's own")
    void unpacked_sharedFolderOthersMayWriteTo_isNotUsed() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        CacheFolders temporary = new CacheFolders(List.of(new CacheFolders.Candidate(shared, "java.io.tmpdir", true)));
        LibraryFolder library = found(false);

        assertThatThrownBy(() -> library.unpacked(temporary)).hasMessageContaining("this user alone");

        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwx------"));
        assertThat(library.unpacked(temporary)).startsWith(shared);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its folder for temporary files is the user's own")
    void unpacked_sharedFolderThatIsALink_isNotUsed() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);
        CacheFolders temporary = new CacheFolders(List.of(new CacheFolders.Candidate(link, "java.io.tmpdir", true)));
        LibraryFolder library = found(false);

        assertThatThrownBy(() -> library.unpacked(temporary)).hasMessageContaining("this user alone");
    }

    @Test
    void find_jarWithoutThePlatform_isEmpty() throws IOException {
        assertThat(OnnxRuntime.find(loader, "win-x64", false)).isEmpty();
    }

    @Test
    void find_filesInAFolder_areTakenByTheirContent() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes/ai/onnxruntime/native/linux-x64"));
        for (String library : List.of(CORE, JNI)) {
            Files.writeString(classes.resolve(library), "the code of " + library);
        }
        try (URLClassLoader exploded =
                new URLClassLoader(new URL[] {folder.resolve("classes").toUri().toURL()}, null)) {
            Path libraries =
                    OnnxRuntime.find(exploded, "linux-x64", false).orElseThrow().unpacked(cache);

            assertThat(libraries.resolve(JNI)).hasContent("the code of " + JNI);
        }
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
        assertThat(LibraryFolder.platform(os, arch, "x64").orElse("")).isEqualTo(platform);
    }
}
