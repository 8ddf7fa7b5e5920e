package dev.llmadapt.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Messages of the library in the words of the command line: its options in place of methods of the Java API. */
final class OptionWords {
    /** A method with the option that does the same right behind it. */
    private static final Pattern WITH_OPTION = Pattern.compile("\\b[A-Z]\\w*\\.\\w+, (?=--[a-z])");

    /** What the library says, and what takes its place; the longer first where one begins as another does. */
    private static final Map<String, String> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put(" (RemoteOptions.withAnswerTimeout if it is only slow)", "");
        WORDS.put("with RemoteOptions.withApiKey", "by the variable " + ServerAccess.KEY_VARIABLE);
        WORDS.put("RemoteOptions.withRequestsPerMinute, withConcurrency", "--requests-per-minute, --concurrency");
        WORDS.put("name the model with RemoteOptions.withModel", "name the model behind the address, as in URL#MODEL");
        WORDS.put("name one with RemoteOptions.withModel", "name one behind the address, as in URL#MODEL");
        WORDS.put(
                "choose labels by letters (LabelChoice.byLetters, byLettersConstrained)",
                "choose labels by letters" + " (.../letters, .../letters-constrained)");
        WORDS.put("LabelChoice.byLettersConstrained", ".../letters-constrained");
        WORDS.put("LabelChoice.byLetters", ".../letters");
        WORDS.put("LabelChoice.constrained", ".../constrained");
        WORDS.put("maxTokens (GenerationOptions.withMaxTokens)", "--max-tokens");
    }

    private OptionWords() {}

    static String of(String message) {
        String words = WITH_OPTION.matcher(message).replaceAll("");
        for (Map.Entry<String, String> each : WORDS.entrySet()) {
            words = words.replace(each.getKey(), each.getValue());
        }
        return words;
    }
}
