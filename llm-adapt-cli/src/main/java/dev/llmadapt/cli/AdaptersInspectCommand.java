package dev.llmadapt.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.pilot.report.TextTable;
import dev.llmadapt.pilot.report.TextTable.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code adapters inspect}: what adapters are. */
@Command(name = "inspect", description = "Tells what adapters are and what they were made for.", sortOptions = false)
final class AdaptersInspectCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "FOLDER", arity = "1..*", description = "PEFT folders.")
    List<Path> folders = new ArrayList<>();

    @Option(names = "--json", description = "Print an array of JSON objects.")
    boolean json;

    AdaptersInspectCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<PeftAdapter> adapters =
                InvalidInput.check(() -> folders.stream().map(PeftAdapter::read).toList());
        context.out().print(json ? json(adapters) : table(adapters));
        context.out().flush();
        return 0;
    }

    private String table(List<PeftAdapter> adapters) {
        TextTable table = new TextTable(List.of(
                new Column("adapter", false, 0),
                new Column("method", false, 0),
                new Column("rank", true, 0),
                new Column("parameters", true, 1),
                new Column("type", false, 4),
                new Column("size", true, 3),
                new Column("targets", false, 2),
                new Column("made for", false, 5)));
        for (PeftAdapter adapter : adapters) {
            table.row(
                    false,
                    List.of(
                            adapter.name(),
                            method(adapter.config()),
                            rank(adapter.config()),
                            String.format(Locale.ROOT, "%,d", adapter.parameterCount()),
                            types(adapter),
                            size(adapter.byteCount()),
                            targets(adapter.config()),
                            adapter.baseModel().orElse("-")));
        }
        return table.render(context.terminal().width(), context.terminal().styled());
    }

    private static String json(List<PeftAdapter> adapters) {
        JsonArray array = new JsonArray();
        for (PeftAdapter adapter : adapters) {
            JsonObject object = new JsonObject();
            object.addProperty("name", adapter.name());
            object.addProperty("method", adapter.method().name());
            if (adapter.config() instanceof AdapterConfig.Lora lora) {
                object.addProperty("rank", lora.rank());
                object.addProperty("alpha", lora.alpha());
                object.addProperty("decomposed", lora.decomposed());
                object.addProperty("rank_stabilized", lora.rankStabilized());
            } else if (adapter.config() instanceof AdapterConfig.Prompt prompt) {
                object.addProperty("virtual_tokens", prompt.virtualTokens());
            } else if (adapter.config() instanceof AdapterConfig.Prefix prefix) {
                object.addProperty("virtual_tokens", prefix.virtualTokens());
            }
            JsonArray targets = new JsonArray();
            targetNames(adapter.config()).forEach(targets::add);
            object.add("targets", targets);
            object.addProperty("parameters", adapter.parameterCount());
            object.addProperty("type", types(adapter));
            object.addProperty("bytes", adapter.byteCount());
            adapter.baseModel().ifPresent(base -> object.addProperty("base_model", base));
            array.add(object);
        }
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(array)
                + "\n";
    }

    private static String method(AdapterConfig config) {
        String name = config.method().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return config instanceof AdapterConfig.Lora lora && lora.decomposed() ? name + " (dora)" : name;
    }

    private static String rank(AdapterConfig config) {
        if (config instanceof AdapterConfig.Lora lora) {
            int least = lora.rank();
            int most = lora.rank();
            for (int rank : lora.rankPattern().values()) {
                least = Math.min(least, rank);
                most = Math.max(most, rank);
            }
            return least == most ? String.valueOf(least) : least + "-" + most;
        }
        return "-";
    }

    private static List<String> targetNames(AdapterConfig config) {
        if (config instanceof AdapterConfig.Lora lora) {
            return names(lora.targets());
        }
        return config instanceof AdapterConfig.Ia3 ia3 ? names(ia3.targets()) : List.of();
    }

    private static List<String> names(AdapterConfig.Targets targets) {
        return targets.pattern().map(List::of).orElse(targets.names());
    }

    private static String targets(AdapterConfig config) {
        if (config instanceof AdapterConfig.Prompt prompt) {
            return prompt.virtualTokens() + " virtual tokens";
        }
        if (config instanceof AdapterConfig.Prefix prefix) {
            return prefix.virtualTokens() + " virtual tokens";
        }
        List<String> names = targetNames(config);
        int shown = 8;
        return String.join(",", names.subList(0, Math.min(shown, names.size())))
                + (names.size() > shown ? ",... (" + names.size() + ")" : "");
    }

    private static String types(PeftAdapter adapter) {
        return adapter.types().stream()
                .map(type -> type.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
