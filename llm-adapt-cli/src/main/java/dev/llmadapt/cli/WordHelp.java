package dev.llmadapt.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Help that breaks lines between words alone. Picocli breaks them also after hyphens, colons and slashes, and so within
 * what one types, such as {@code hf:org/repo}.
 */
final class WordHelp extends Help {
    private static final String INDENT = "  ";

    WordHelp(CommandSpec command, ColorScheme colors) {
        super(command, colors);
    }

    @Override
    public Layout createDefaultLayout(
            List<OptionSpec> options, List<PositionalParamSpec> parameters, ColorScheme colors) {
        TextTable table = super.createDefaultLayout(options, parameters, colors).textTable();
        Column last = table.columns()[table.columns().length - 1];
        int width = last.width - last.indent;
        IOptionRenderer option = createDefaultOptionRenderer();
        IParameterRenderer parameter = createDefaultParameterRenderer();
        return new Layout(
                colors,
                table,
                (spec, labels, scheme) -> broken(option.render(spec, labels, scheme), width, scheme.ansi()),
                (spec, labels, scheme) -> broken(parameter.render(spec, labels, scheme), width, scheme.ansi()));
    }

    /** The rows of an option with its description in lines that are not broken again. */
    private static Text[][] broken(Text[][] rows, int width, Ansi ansi) {
        List<Text[]> all = new ArrayList<>();
        boolean first = true;
        for (Text[] row : rows) {
            Text rest = row[row.length - 1];
            Text[] line = row.clone();
            while (true) {
                String indent = first || rest.plainString().isEmpty() ? "" : INDENT;
                int end = end(rest.plainString(), width - indent.length());
                Text[] next = line.clone();
                next[row.length - 1] = ansi.text(indent).concat(rest.substring(0, end));
                all.add(next);
                first = false;
                rest = rest.substring(end);
                int word = rest.plainString().length()
                        - rest.plainString().stripLeading().length();
                rest = rest.substring(word);
                if (rest.plainString().isEmpty()) {
                    break;
                }
                line = new Text[row.length];
                Arrays.fill(line, ansi.text(""));
            }
        }
        return all.toArray(Text[][]::new);
    }

    /** Where a line ends: before the last space at which it is short enough; of a long list, after a comma. */
    private static int end(String text, int width) {
        if (text.length() <= width) {
            return text.length();
        }
        int space = text.lastIndexOf(' ', width);
        int comma = text.lastIndexOf(',', width - 1) + 1;
        return space > 0 ? space : comma > 0 ? comma : width;
    }
}
