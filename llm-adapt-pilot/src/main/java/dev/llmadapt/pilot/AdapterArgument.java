package dev.llmadapt.pilot;

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
    /** Reads one. */
    static final class Converter implements ITypeConverter<AdapterArgument> {
        @Override
        public AdapterArgument convert(String text) {
            int equals = text.lastIndexOf('=');
            String folder = equals < 0 ? text : text.substring(0, equals);
            if (folder.isBlank()) {
                throw new TypeConversionException("expected FOLDER or FOLDER=WEIGHT, got '" + text + "'");
            }
            try {
                double weight = equals < 0 ? 1 : Double.parseDouble(text.substring(equals + 1));
                if (!Double.isFinite(weight)) {
                    throw new NumberFormatException("not finite");
                }
                return new AdapterArgument(Path.of(folder), weight);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("expected a finite number after '=', got '" + text + "'");
            }
        }
    }
}
