package dev.llmadapt.cli;

import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.PeftAdapter.Weighted;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An adapter on the command line: {@code FOLDER} or {@code FOLDER=WEIGHT}.
 *
 * @param folder where it is
 * @param weight how strongly it acts, 1 as trained
 */
record AdapterArgument(Path folder, double weight) {
    /** Opens it. */
    Weighted read() {
        return new Weighted(PeftAdapter.read(folder), weight);
    }

    /** Reads one. A folder whose own name has an equals sign is itself. */
    static final class Converter implements ITypeConverter<AdapterArgument> {
        @Override
        public AdapterArgument convert(String text) {
            int equals = text.lastIndexOf('=');
            if (equals < 0 || Files.isDirectory(Path.of(text))) {
                return new AdapterArgument(folder(text, text), 1);
            }
            try {
                double weight = Double.parseDouble(text.substring(equals + 1));
                if (!Double.isFinite(weight)) {
                    throw new NumberFormatException("not finite");
                }
                return new AdapterArgument(folder(text.substring(0, equals), text), weight);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("expected a finite number after '=', got '" + text + "'");
            }
        }

        private static Path folder(String folder, String text) {
            if (folder.isBlank()) {
                throw new TypeConversionException("expected FOLDER or FOLDER=WEIGHT, got '" + text + "'");
            }
            return Path.of(folder);
        }
    }
}
