package dev.llmadapt.cli;

import dev.llmadapt.DataType;
import dev.llmadapt.peft.PeftAdapter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code adapters convert}: from a PEFT folder to ONNX Runtime's file, and back. */
@Command(
        name = "convert",
        description = "Converts a PEFT folder to an .onnx_adapter file of ONNX Runtime, or back.",
        sortOptions = false)
final class AdaptersConvertCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "ADAPTER", description = "A PEFT folder, or an .onnx_adapter file to convert back.")
    Path adapter = Path.of("");

    @Option(names = "--to", paramLabel = "KIND", required = true, description = "onnx_adapter or peft.")
    Kind to = Kind.onnx_adapter;

    @Option(
            names = "--type",
            paramLabel = "KIND",
            defaultValue = "f32",
            description = "Numbers of an .onnx_adapter: f32, f16 or bf16. Default: ${DEFAULT-VALUE}.")
    DataType type = DataType.F32;

    @Option(
            names = "--rename",
            paramLabel = "OLD=NEW",
            description = "Replace a part of every name as the graph's inputs need it, such as .weight=.default.weight;"
                    + " repeat it for several, applied in order.")
    Map<String, String> renames = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "PATH", required = true, description = "What to write; must not exist.")
    Path out = Path.of("");

    /** A format to convert to, in the words of the command line. */
    @SuppressWarnings("MemberName")
    enum Kind {
        onnx_adapter,
        peft
    }

    AdaptersConvertCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        UnaryOperator<String> names = name -> {
            String renamed = name;
            for (Map.Entry<String, String> rename : renames.entrySet()) {
                renamed = renamed.replace(rename.getKey(), rename.getValue());
            }
            return renamed;
        };
        InvalidInput.check(() -> {
            if (to == Kind.onnx_adapter) {
                PeftAdapter.read(adapter).writeOnnxAdapter(out, type, names);
            } else {
                PeftAdapter.readOnnxAdapter("converted", adapter, names).write(out);
            }
            return out;
        });
        context.out().println("converted " + adapter + " to " + out);
        context.out().flush();
        return 0;
    }
}
