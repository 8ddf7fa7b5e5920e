package dev.llmadapt.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The headings under which the help of a command with many options lists them. */
final class HelpGroups {
    private static final Group MODEL =
            group("Model", "--model --adapter --precision --device --chat-template --cache-memory --cache-type");
    private static final Group SERVER =
            group("Model on a server", "--api-key-file --concurrency --retries --requests-per-minute");
    private static final Group HELP = group("Help", "-h -V");

    private static final Map<String, List<Group>> GROUPS = Map.of(
            "pilot",
            List.of(
                    group(
                            "Task",
                            "--task --text-column --label-column --instruction --raw-labels --label-names --unlabelled"
                                    + " --out-of-scope --train-limit"),
                    group("Candidates and models", "--strategies " + String.join(" ", MODEL.options())),
                    SERVER,
                    group("Run", "--budget --work --limit --seed"),
                    group("Output", "--html --json --save --overwrite"),
                    group(
                            "Needs",
                            "--ask --quality --tolerance --latency --memory --requests --training --knowledge"
                                    + " --consistent --data-may-leave"),
                    group(
                            "Prices",
                            "--currency --compute-price --prompt-price --completion-price --error-price --label-price"
                                    + " --person-price --min-precision --horizon"),
                    group("Judge of free text", "--judge --rubric --human-grades"),
                    HELP),
            "train",
            List.of(
                    group("Labelled texts", "--task"),
                    group(
                            "Conversations, or prompts with answers",
                            "--data --format --prompt-field --completion-field --ignore --held-out"),
                    group(
                            "Preferences",
                            "--preferences --loss --beta --label-smoothing --desirable-weight --undesirable-weight"
                                    + " --start"),
                    group("Output and stops", "--out --work"),
                    group("Method", "--method --rank --virtual-tokens --encoder-hidden-size"),
                    group(
                            "Training",
                            "--epochs --min-steps --max-steps --batch --micro-batch --rate --schedule --max-length"
                                    + " --learn --loss-over --validation --patience --train-precision --recompute"
                                    + " --seed"),
                    group("Search for settings", "--search --budget"),
                    group(
                            "What is left out or changed",
                            "--deduplicate --min-tokens --max-tokens --max-per-answer --mask-personal"),
                    group(
                            "Teacher",
                            "--teacher --unlabelled --teacher-strategy --teacher-answers --teacher-samples"
                                    + " --min-agreement --min-confidence --max-inputs --teacher-only"),
                    MODEL,
                    SERVER,
                    HELP),
            "serve",
            List.of(
                    group(
                            "What is served",
                            "--name --adapter --adapters --adapter-root --adapter-memory --strategy --embedder --reranker"),
                    group("Address and keys", "--host --port --api-key-file --no-auth --tls-cert --tls-key"),
                    group("Limits", "--max-concurrent --queue --max-choices --request-seconds --drain-seconds"),
                    group(
                            "Answers where a request says nothing",
                            "--max-tokens --temperature --top-k --top-p --min-p --repetition-penalty"),
                    group(
                            "Model",
                            "--model --precision --device --chat-template --cache-memory --cache-type --prompt-lookup"),
                    HELP),
            "prompts search",
            List.of(
                    group(
                            "Task",
                            "--task --text-column --label-column --instruction --raw-labels --label-names"
                                    + " --train-limit"),
                    group(
                            "Search",
                            "--budget --calls --proposer --proposals --shots --choice --validation --minibatch"),
                    group("Run", "--work --seed --no-comparison --all"),
                    group("Output", "--save --overwrite --limit"),
                    MODEL,
                    SERVER,
                    HELP),
            "prompts test",
            List.of(
                    group("Run", "--judge --cache --no-cache"),
                    group("Output", "--html --json --junit"),
                    MODEL,
                    SERVER,
                    group(
                            "Decoding",
                            "--max-tokens --temperature --top-k --top-p --min-p --repetition-penalty --seed --stop"),
                    HELP));

    private HelpGroups() {}

    /**
     * Options under a heading.
     *
     * @param heading without a colon
     * @param options a name of each, in the order in which they are listed
     */
    record Group(String heading, List<String> options) {}

    private static Group group(String heading, String options) {
        return new Group(heading, List.of(options.split(" ", -1)));
    }

    /** The groups of a command, of a part of one {@code command part}; empty where its options are few. */
    static List<Group> of(String command) {
        return Optional.ofNullable(GROUPS.get(command)).orElse(List.of());
    }

    /** Lists the options of the commands that have groups by these. */
    static void apply(CommandLine commandLine) {
        apply(commandLine, "");
    }

    private static void apply(CommandLine commandLine, String prefix) {
        commandLine.getSubcommands().forEach((name, command) -> {
            List<Group> groups = of(prefix + name);
            if (!groups.isEmpty()) {
                command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
                command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> list(help, groups));
            }
            apply(command, prefix + name + " ");
        });
    }

    private static String list(Help help, List<Group> groups) {
        StringBuilder text = new StringBuilder();
        for (Group group : groups) {
            List<OptionSpec> options =
                    group.options().stream().map(help.commandSpec()::findOption).toList();
            // as wide as the longest of all groups
            Help.Layout layout = help.createDefaultLayout(help.commandSpec().options(), List.of(), help.colorScheme());
            layout.addAllOptions(options, help.parameterLabelRenderer());
            text.append(String.format("%n%s:%n", group.heading())).append(layout);
        }
        return text.toString();
    }
}
