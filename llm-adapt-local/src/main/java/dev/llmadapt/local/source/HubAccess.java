package dev.llmadapt.local.source;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The hub, and what to show it: the token of {@code HF_TOKEN}, else of the file that {@code hf auth login} writes
 * ({@code HF_TOKEN_PATH}, else {@code token} in {@code HF_HOME}).
 *
 * @param address without a slash at its end
 * @param authorization the header's value, or empty
 * @param tokenFrom where the token is from, for people; empty where there is none
 */
record HubAccess(String address, String authorization, String tokenFrom) {
    private static final String HUB = "https://huggingface.co";
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,1000}");
    private static final int LARGEST_TOKEN_FILE = 10_000;

    static HubAccess of(Environment environment) throws IOException {
        String text = environment.get("HF_ENDPOINT");
        URI uri;
        try {
            uri = URI.create((text.isEmpty() ? HUB : text).replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new Http.FinalException("HF_ENDPOINT is no address, expected one like " + HUB);
        }
        if (uri.getHost() == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
            throw new Http.FinalException("HF_ENDPOINT is no http or https address, expected one like " + HUB);
        }
        boolean safe = uri.getScheme().equals("https") || Http.isLoopback(uri);
        return safe ? withToken(uri.toString(), environment) : new HubAccess(uri.toString(), "", "");
    }

    private static HubAccess withToken(String address, Environment environment) throws IOException {
        for (String variable : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
            if (!environment.get(variable).isEmpty()) {
                return with(address, environment.get(variable), variable);
            }
        }
        Path file =
                environment.folder("HF_TOKEN_PATH", HubCache.home(environment).resolve("token"));
        if (environment.says("HF_HUB_DISABLE_IMPLICIT_TOKEN")
                || !Files.isRegularFile(file)
                || !Files.isReadable(file)
                || Files.size(file) > LARGEST_TOKEN_FILE) {
            return new HubAccess(address, "", "");
        }
        String token = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8).strip();
        return token.isEmpty() ? new HubAccess(address, "", "") : with(address, token, "the file " + file);
    }

    private static HubAccess with(String address, String token, String from) throws IOException {
        if (!TOKEN.matcher(token).matches()) {
            throw new Http.FinalException(
                    "the token in " + from + " has characters that no token has; it is one word such as hf_...");
        }
        return new HubAccess(address, "Bearer " + token, from);
    }

    Http.Get get(String path) {
        return new Http.Get(URI.create(address + path), Map.of(), authorization);
    }

    /** Explains a refusal of the hub and says what to do, where that is known. */
    IOException explained(Http.StatusException e, String repository, String revision) {
        String page = address + "/" + repository;
        String next;
        if (e.errorCode.equals("GatedRepo")) {
            next = "the repository is gated: accept its terms on " + page + ", then "
                    + (tokenFrom.isEmpty()
                            ? "set HF_TOKEN to a token of that account"
                            : "make sure that the token in " + tokenFrom + " is of that account and may read it");
        } else if (e.errorCode.equals("RevisionNotFound")) {
            next = "the repository has no branch, tag or commit '" + revision + "'; its revisions are listed on " + page
                    + "/tree/main";
        } else if (e.errorCode.equals("EntryNotFound")) {
            next = "the repository has no such file at this commit";
        } else if (e.status == 451 || e.errorMessage.contains("is disabled")) {
            next = "the hub has disabled access to this repository; choose another one";
        } else if (e.status == 401 || e.status == 403 || e.status == 404) {
            // The hub says 401 or 404 of what it does not want to admit is there.
            next = tokenFrom.isEmpty()
                    ? "check the name, and set HF_TOKEN if the repository is private or gated"
                    : "check the name, and that the token in " + tokenFrom
                            + " is valid and may read it (a gated repository's terms are accepted on " + page + ")";
        } else if (e.status == 429) {
            next = tokenFrom.isEmpty() ? "try again later, or set HF_TOKEN, which raises the limit" : "try again later";
        } else {
            return e;
        }
        Http.FinalException exception = new Http.FinalException(e.getMessage() + "; " + next);
        exception.initCause(e);
        return exception;
    }

    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return address;
    }
}
