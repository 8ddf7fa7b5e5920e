package dev.llmadapt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Operations on a folder with all its contents. */
public final class FolderTree {
    private FolderTree() {}

    /** Deletes a folder and its contents without following links; does nothing if it does not exist. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> childrenFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            childrenFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : childrenFirst) {
            Files.deleteIfExists(path);
        }
    }
}
