package dev.llmadapt.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    /** The example of FIPS 180-4. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void sha256_textBytesFileAndParts_areTheSame() throws IOException {
        assertThat(Sha256.of("abc")).isEqualTo(ABC);
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(ABC);
        assertThat(Sha256.of(Files.writeString(folder.resolve("abc"), "abc"))).isEqualTo(ABC);
        MessageDigest digest = Sha256.newDigest();
        digest.update((byte) 'a');
        digest.update(new byte[] {'b', 'c'});
        assertThat(Sha256.hex(digest)).isEqualTo(ABC);
        assertThat(Sha256.hex(digest)).as("starts anew").isEqualTo(Sha256.of(""));
    }

    @Test
    void write_overAnOlderFile_leavesOnlyTheNewOne() throws IOException {
        Path file = folder.resolve("state.json");
        AtomicFiles.write(file, "old");
        AtomicFiles.write(file, "new");
        assertThat(file).hasContent("new");
        assertThat(folder).isDirectoryContaining(file::equals).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void move_folder_takesAllOfIt() throws IOException {
        Path from = Files.createDirectory(folder.resolve("draft"));
        Files.writeString(from.resolve("a"), "a");
        AtomicFiles.move(from, folder.resolve("done"));
        assertThat(from).doesNotExist();
        assertThat(folder.resolve("done/a")).hasContent("a");
    }

    @Test
    void delete_folderOfFolders_leavesNothing() throws IOException {
        Path tree = folder.resolve("tree");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/file"), "x");
        FolderTree.delete(tree);
        FolderTree.delete(tree);
        assertThat(tree).doesNotExist();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
    void delete_linkInTheFolder_leavesWhatItPointsTo() throws IOException {
        Path kept =
                Files.writeString(Files.createDirectory(folder.resolve("kept")).resolve("file"), "x");
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), kept.getParent());
        FolderTree.delete(tree);
        assertThat(tree).doesNotExist();
        assertThat(kept).hasContent("x");
    }
}
