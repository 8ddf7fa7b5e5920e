package dev.llmadapt.local.source;

import dev.llmadapt.natives.CacheFolders;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The machine as a process sees it: environment variables, home and system. An argument everywhere, so that a test
 * brings its own.
 *
 * @param variables environment variables
 * @param home the user's home folder
 * @param system the operating system
 * @param policy how patiently sources use the network
 */
public record Environment(Map<String, String> variables, Path home, OperatingSystem system, Http.Policy policy) {
    /** The kinds of operating systems that keep their files in different places. */
    public enum OperatingSystem {
        /** Linux and its kin. */
        UNIX,
        /** macOS. */
        MAC,
        /** Windows. */
        WINDOWS
    }

    /** Copies. */
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** This process's own. */
    public static Environment ofProcess() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        OperatingSystem system = name.startsWith("windows")
                ? OperatingSystem.WINDOWS
                : name.startsWith("mac") ? OperatingSystem.MAC : OperatingSystem.UNIX;
        Path home = CacheFolders.home(System.getenv(), System::getProperty)
                .orElseGet(() -> CacheFolders.ofProcess().first()); // a user without one, as in many containers
        return new Environment(System.getenv(), home, system, Http.Policy.DEFAULT);
    }

    /** A variable's value without white space at its ends; empty when not set. */
    public String get(String variable) {
        return variables.getOrDefault(variable, "").strip();
    }

    /** Whether a variable says yes, in the words that Hugging Face and pip take for it. */
    public boolean says(String variable) {
        return isYes(get(variable));
    }

    static boolean isYes(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "true", "yes", "on", "y", "t" -> true;
            default -> false;
        };
    }

    /** A folder named by a variable, or another one when it is not set. */
    Path folder(String variable, Path otherwise) {
        String value = get(variable);
        return value.isEmpty() ? otherwise : expand(value);
    }

    /** A path as a user writes it, with {@code ~} for home. */
    Path expand(String path) {
        return path.equals("~") || path.startsWith("~/") || path.startsWith("~\\")
                ? home.resolve(path.substring(Math.min(2, path.length())))
                : Path.of(path);
    }

    /** Where this library keeps what it fetched; may not exist yet. */
    public Path cache() {
        return CacheFolders.of(variables, this::property).first();
    }

    private @Nullable String property(String name) {
        return switch (name) {
            case "user.home" -> home.toString();
            case "os.name" -> system.name();
            default -> System.getProperty(name);
        };
    }
}
