package dev.llmadapt.cli.prompts;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** A text {@code file://PATH} of a test file, which names another file from the folder of that one. */
final class FileLink {
    static final String PREFIX = "file://";

    private FileLink() {}

    static boolean is(String text) {
        return text.startsWith(PREFIX);
    }

    /** The file, whose name must end as one of these. */
    static Path path(YamlNode node, Path folder, List<String> endings) {
        String name = node.text().substring(is(node.text()) ? PREFIX.length() : 0);
        if (endings.stream().noneMatch(name::endsWith)) {
            throw node.error("'" + node.text() + "' is not supported here, expected a file that ends in "
                    + String.join(", ", endings));
        }
        try {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw node.error("the file " + file + " is not there");
            }
            return file;
        } catch (InvalidPathException e) {
            throw node.error("'" + node.text() + "' is no path");
        }
    }

    static String text(YamlNode node, Path folder, List<String> endings) {
        String text = YamlFile.text(path(node, folder, endings)).replace("\r\n", "\n");
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }
}
