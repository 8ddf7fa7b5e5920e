package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.cli.terminal.TerminalKind;
import dev.llmadapt.text.NearestName;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit status 0 is success; 2 is input that cannot be used, told in one line; 130 is work that was
 * stopped by Ctrl-C; 1 is anything else: every strategy failed, an answer under a constraint was cut off, or a bug,
 * with its stack trace.
 */
@Command(
        name = Main.NAME,
        description = "Adapts language models to your task and measures what it brings.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt pilot                                 measure strategies on the task that comes along",
            "  llm-adapt pilot --task my.csv --json my.json    or on your own",
            "  llm-adapt pilot --task my.csv --work run --save chosen",
            "  llm-adapt answer chosen --in new.csv --out labelled.csv",
            "  llm-adapt generate \"Why is the sky blue?\"",
            "  llm-adapt chat",
            "  llm-adapt models                                which model to take, for --model",
            "  llm-adapt pilot --help                          every option"
        })
public final class Main implements Callable<Integer> {
    static final String NAME = "llm-adapt";
    static final int INVALID_INPUT = 2;
    private static final int BUG = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    private Main() {}

    /** Runs a command and ends the process with its status. */
    public static void main(String[] arguments) {
        // Texts have accents and emoji whatever the platform's own encoding is.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        CommandContext context = new CommandContext(
                System.in,
                out,
                err,
                TerminalKind.detect(System.getenv()),
                System.getProperty("llmadapt.program", NAME),
                home(),
                ModelLoading.LOADER);
        int status = run(arguments, context);
        out.flush();
        err.flush();
        System.exit(status);
    }

    /** The folder that the launcher says, else the nearest folder above this program's own that holds the tasks. */
    private static Optional<Path> home() {
        String told = System.getProperty("llmadapt.home");
        if (told != null) {
            return Optional.of(Path.of(told));
        }
        try {
            CodeSource source = Main.class.getProtectionDomain().getCodeSource();
            Path at = source == null ? null : Path.of(source.getLocation().toURI());
            while (at != null && !Files.isDirectory(at.resolve(TaskArguments.DEFAULT_TASK))) {
                at = at.getParent();
            }
            return Optional.ofNullable(at);
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            // A program that does not lie in a folder of files has no folder above it.
            return Optional.empty();
        }
    }

    static int run(String[] arguments, CommandContext context) {
        CommandLine commandLine = new CommandLine(new Main())
                .addSubcommand(new PilotCommand(context))
                .addSubcommand(new GenerateCommand(context))
                .addSubcommand(new ChatCommand(context))
                .addSubcommand(new TrainCommand(context))
                .addSubcommand(new ModelsCommand(context))
                .addSubcommand(new AnswerCommand(context))
                .addSubcommand(new ServeCommand(context))
                .addSubcommand(new ServeCheckCommand(context))
                .addSubcommand(new CompareCommand(context))
                .addSubcommand(PromptsCommand.withParts(context))
                .addSubcommand(RagCommand.withParts(context))
                .addSubcommand(AdaptersCommand.withParts(context));
        addHelp(commandLine);
        HelpGroups.apply(commandLine);
        commandLine.addSubcommand(new CommandLine.HelpCommand());
        return commandLine
                .setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8))
                .setUsageHelpWidth(100)
                .setHelpFactory(WordHelp::new)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> complain(context, e))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(context, e))
                .execute(arguments);
    }

    private static void addHelp(CommandLine command) {
        command.getSubcommands().values().forEach(sub -> {
            sub.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
            addHelp(sub);
        });
    }

    /** Without a sub-command. */
    @Override
    public Integer call() {
        return needsCommand(spec);
    }

    /** Tells how a command that has parts is used. */
    static int needsCommand(CommandSpec spec) {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
        line(
                command.getErr(),
                "expected a command: " + String.join(", ", spec.subcommands().keySet()));
        return INVALID_INPUT;
    }

    /** The version in the jar's manifest. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static int complain(CommandContext context, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        line(
                context,
                unknown(e).or(() -> wrongValue(e)).orElse(e.getMessage()) + " (" + command
                        + " --help says what is possible)");
        return INVALID_INPUT;
    }

    /** What an option must be, in the words of the other complaints about options. */
    private static Optional<String> wrongValue(ParameterException e) {
        String message = String.valueOf(e.getMessage());
        if (!(e.getArgSpec() instanceof OptionSpec option) || !message.startsWith("Invalid value for option ")) {
            return Optional.empty();
        }
        Class<?> type = option.type();
        boolean whole = type == int.class || type == Integer.class || type == long.class || type == Long.class;
        if (whole || type == double.class || type == Double.class) {
            return Optional.of(
                    option.longestName() + " must be a " + (whole ? "whole " : "") + "number, got " + e.getValue());
        }
        int reason = message.indexOf("': ");
        return reason < 0
                ? Optional.empty()
                : Optional.of(option.longestName() + ": " + message.substring(reason + "': ".length()));
    }

    /** The likely meaning of a word that is neither command nor option, where there is one. */
    private static Optional<String> unknown(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return Optional.empty();
        }
        String word = unmatched.getUnmatched().get(0);
        boolean option = word.startsWith("-");
        CommandLine command = e.getCommandLine();
        Set<String> parts = command.getSubcommands().keySet();
        String unknown = "unknown " + (option ? "option" : "command") + " '" + word + "', ";
        Optional<String> like = NearestName.of(
                word, option ? command.getCommandSpec().optionsMap().keySet() : parts);
        if (like.isPresent()) {
            return Optional.of(unknown + "did you mean " + like.get() + "?");
        }
        return option || parts.isEmpty()
                ? Optional.empty()
                : Optional.of(unknown + "expected one of " + String.join(", ", parts));
    }

    private static int fail(CommandContext context, Exception e) {
        if (e instanceof LlmAdaptException) {
            line(context, String.valueOf(e.getMessage()));
            return INVALID_INPUT;
        }
        e.printStackTrace(context.err());
        return BUG;
    }

    private static void line(CommandContext context, String message) {
        context.err().println(oneLine(message));
    }

    private static void line(PrintWriter err, String message) {
        err.println(oneLine(message));
    }

    private static String oneLine(String message) {
        return NAME + ": " + OptionWords.of(message).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** For {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {NAME + " " + version(), "Java " + Runtime.version()};
        }
    }
}
