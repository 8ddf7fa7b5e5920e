package dev.llmadapt.natives;

import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The folders for what this library fetches and unpacks, the preferred first: the environment variable
 * {@code LLM_ADAPT_CACHE}, the system property {@code llmadapt.cache}, the user's cache folder
 * ({@code LOCALAPPDATA\llm-adapt\cache} on Windows, else {@code XDG_CACHE_HOME/llm-adapt} or
 * {@code ~/.cache/llm-adapt}), and {@code llm-adapt-USER} in the folder for temporary files. A user without a home has
 * no cache folder.
 *
 * @param candidates the folders, at least one; absolute, and perhaps not there yet
 */
public record CacheFolders(List<Candidate> candidates) {
    /** The advice about a folder that cannot be used, for the end of a message. */
    public static final String ADVICE = "make the folder writable, or name another one in the environment variable"
            + " LLM_ADAPT_CACHE or the system property llmadapt.cache";

    private static final String VARIABLE = "LLM_ADAPT_CACHE";
    private static final String PROPERTY = "llmadapt.cache";

    /** Refuses an empty list, and copies it. */
    public CacheFolders {
        candidates = List.copyOf(candidates);
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("candidates must not be empty");
        }
    }

    /**
     * A folder and the setting that names it.
     *
     * @param path an absolute path
     * @param origin the setting that names it, for messages
     * @param shared whether other users may write beside it, so that it is used only if it belongs to this user alone
     */
    public record Candidate(Path path, String origin, boolean shared) {}

    /** The folders of this process, by its environment variables and system properties. */
    public static CacheFolders ofProcess() {
        return of(System.getenv(), System::getProperty);
    }

    /**
     * The folders that variables and properties name.
     *
     * @param variables environment variables
     * @param properties system properties, null where not set
     * @throws LlmAdaptException if a setting names no folder
     */
    public static CacheFolders of(Map<String, String> variables, UnaryOperator<@Nullable String> properties) {
        Optional<Path> home = home(variables, properties);
        List<Candidate> found = new ArrayList<>();
        add(found, variables.get(VARIABLE), home, VARIABLE, "");
        add(found, properties.apply(PROPERTY), home, PROPERTY, "");
        String os = text(properties.apply("os.name")).toLowerCase(Locale.ROOT);
        if (os.startsWith("windows") && !text(variables.get("LOCALAPPDATA")).isEmpty()) {
            add(found, variables.get("LOCALAPPDATA"), home, "LOCALAPPDATA", "llm-adapt/cache");
        } else if (!text(variables.get("XDG_CACHE_HOME")).isEmpty()) {
            add(found, variables.get("XDG_CACHE_HOME"), home, "XDG_CACHE_HOME", "llm-adapt");
        } else {
            home.ifPresent(folder ->
                    found.add(new Candidate(folder.resolve(".cache").resolve("llm-adapt"), "the user's home", false)));
        }
        Path temporary = Path.of(text(properties.apply("java.io.tmpdir"))).toAbsolutePath();
        found.add(new Candidate(temporary.resolve("llm-adapt-" + user(properties)), "java.io.tmpdir", true));
        return new CacheFolders(found);
    }

    /** The user's name, or the user's number where there is no name. */
    private static String user(UnaryOperator<@Nullable String> properties) {
        String name = text(properties.apply("user.name")).replaceAll("[^A-Za-z0-9._-]", "");
        if (name.isEmpty()) {
            try {
                name = Files.getOwner(Path.of("/proc/self")).getName();
            } catch (IOException | UnsupportedOperationException e) {
                name = "user";
            }
        }
        return name;
    }

    /** The first candidate. */
    public Path first() {
        return candidates.get(0).path();
    }

    /**
     * The user's home; empty where the user has none, which Java reports as {@code ?} and containers as {@code /}.
     *
     * @param variables environment variables
     * @param properties system properties, null where not set
     */
    public static Optional<Path> home(Map<String, String> variables, UnaryOperator<@Nullable String> properties) {
        return home(text(properties.apply("user.home"))).or(() -> home(text(variables.get("HOME"))));
    }

    private static Optional<Path> home(String said) {
        try {
            Path home = Path.of(said);
            return home.isAbsolute() && home.getNameCount() > 0 ? Optional.of(home) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty(); // ? on Windows
        }
    }

    private static void add(
            List<Candidate> found, @Nullable String value, Optional<Path> home, String origin, String below) {
        String said = text(value);
        if (said.isEmpty()) {
            return;
        }
        boolean fromHome = said.equals("~") || said.startsWith("~/") || said.startsWith("~\\");
        if (fromHome && home.isEmpty()) {
            throw new LlmAdaptException(origin + " is " + said + ", but this user has no home; write a whole path");
        }
        try {
            Path path = fromHome ? home.get().resolve(said.substring(Math.min(2, said.length()))) : Path.of(said);
            found.add(new Candidate(path.resolve(below).toAbsolutePath().normalize(), origin, false));
        } catch (InvalidPathException e) {
            throw new LlmAdaptException(origin + " is " + said + ", which is no path: " + e.getReason(), e);
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value.strip();
    }
}
