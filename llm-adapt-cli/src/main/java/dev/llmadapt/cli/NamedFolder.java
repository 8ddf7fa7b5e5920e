package dev.llmadapt.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A folder with the name that it is served under: {@code NAME=FOLDER}, or {@code FOLDER}, whose own name it then is.
 *
 * @param name the name
 * @param folder where it is
 */
record NamedFolder(String name, Path folder) {
    /** A folder under its own name. */
    static NamedFolder of(Path folder) {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return new NamedFolder(last == null ? "model" : last.toString(), folder);
    }

    /** Reads one. A folder whose own path has an equals sign is itself. */
    static final class Converter implements ITypeConverter<NamedFolder> {
        @Override
        public NamedFolder convert(String text) {
            try {
                int equals = text.indexOf('=');
                if (equals < 0 || Files.isDirectory(Path.of(text))) {
                    return of(Path.of(text));
                }
                String name = text.substring(0, equals).strip();
                String folder = text.substring(equals + 1);
                if (name.isEmpty() || folder.isBlank()) {
                    throw new TypeConversionException("expected NAME=FOLDER, got '" + text + "'");
                }
                return new NamedFolder(name, Path.of(folder));
            } catch (InvalidPathException e) {
                throw new TypeConversionException("expected NAME=FOLDER, got '" + text + "'");
            }
        }
    }
}
