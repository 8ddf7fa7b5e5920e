package dev.llmadapt.rag.documents;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.MarkdownHeadings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The access list in the front matter of a Markdown file: the part of YAML and TOML that names need.
 *
 * @param readers those of the document; none means everyone
 * @param text the document without its access list, which is nobody's to read; without the front matter if it had
 *     nothing else
 */
record FrontMatter(Set<String> readers, String text) {
    private static final Pattern ANYWHERE = Pattern.compile("(?i)(?:^|[\\s{,\"'.\\[])readers[\"'\\]]?\\s*[:=\\]]");
    private static final Pattern SETTING = Pattern.compile("[\"']?([^\\s\"':=]+)[\"']?[ \\t]*[:=](?:[ \\t]+(.*))?");
    private static final Pattern FENCE = Pattern.compile("(?:---|\\+\\+\\+|\\.\\.\\.)[ \\t]*");
    private static final Pattern ITEM = Pattern.compile("[ \\t]*-[ \\t]+(.+)");
    private static final Pattern NO_NAMES = Pattern.compile(".*[\\[\\]{}\"].*|[|>&!%@`].*");

    /**
     * Reads the front matter of a document.
     *
     * @throws IllegalArgumentException if it has an access list that cannot be read
     */
    static FrontMatter of(String text) {
        String settings = settings(text);
        List<String> lines = settings.lines().toList();
        int at = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (ANYWHERE.matcher(lines.get(i)).find() && !lines.get(i).strip().startsWith("#")) {
                Matcher setting = SETTING.matcher(lines.get(i).stripTrailing());
                if (at >= 0 || !setting.matches() || !AccessList.isAccessList(setting.group(1))) {
                    throw new IllegalArgumentException("its front matter has 'readers' in a place that is not read,"
                            + " or twice: '" + BrokenRecord.brief(lines.get(i).strip()) + "'");
                }
                at = i;
            }
        }
        if (at < 0) {
            return new FrontMatter(Set.of(), text);
        }
        Set<String> readers = AccessList.of(value(lines, at));
        int after = at + 1;
        while (after < lines.size() && isOfList(lines.get(after))) {
            after++;
        }
        List<String> kept = new ArrayList<>(lines.subList(0, at));
        kept.addAll(lines.subList(after, lines.size()));
        boolean empty = kept.stream()
                .allMatch(line -> line.isBlank() || FENCE.matcher(line).matches());
        String head = empty ? "" : String.join("\n", kept) + "\n";
        int start = text.indexOf(settings);
        return new FrontMatter(readers, head + text.substring(start + settings.length()));
    }

    /** The front matter; if it is not closed, all lines up to the first blank one. */
    private static String settings(String text) {
        int end = MarkdownHeadings.frontMatterEnd(text);
        if (end > 0) {
            return text.substring(0, end);
        }
        String begin = text.stripLeading();
        boolean open = begin.startsWith("---\n") || begin.startsWith("+++\n");
        int blank = begin.indexOf("\n\n");
        return !open ? "" : blank < 0 ? begin : begin.substring(0, blank);
    }

    private static JsonElement value(List<String> lines, int at) {
        Matcher setting = SETTING.matcher(lines.get(at).stripTrailing());
        String inline = setting.matches() && setting.group(2) != null ? uncommented(setting.group(2)) : "";
        if (!inline.isEmpty()) {
            if (inline.startsWith("[") && inline.endsWith("]")) {
                JsonArray names = new JsonArray();
                for (String name : inline.substring(1, inline.length() - 1).split(",", -1)) {
                    names.add(scalar(name));
                }
                return names;
            }
            return scalar(inline);
        }
        JsonArray names = new JsonArray();
        for (int i = at + 1; i < lines.size(); i++) {
            Matcher item = ITEM.matcher(lines.get(i));
            if (item.matches()) {
                names.add(scalar(uncommented(item.group(1))));
            } else if (!isOfList(lines.get(i))) {
                if (Character.isWhitespace(lines.get(i).charAt(0))) {
                    throw refused(lines.get(i));
                }
                break;
            }
        }
        return names;
    }

    /** Whether a line belongs to a list that has begun. */
    private static boolean isOfList(String line) {
        return ITEM.matcher(line).matches() || line.isBlank() || line.strip().startsWith("#");
    }

    private static JsonElement scalar(String written) {
        String text = written.strip();
        if (text.equals("~") || text.equals("null")) {
            return JsonNull.INSTANCE;
        }
        char first = text.isEmpty() ? ' ' : text.charAt(0);
        if (first == '"' || first == '\'') {
            String inner = text.length() < 2 ? "" : text.substring(1, text.length() - 1);
            if (inner.isEmpty() || text.charAt(text.length() - 1) != first || inner.indexOf(first) >= 0) {
                throw refused(written);
            }
            return new JsonPrimitive(inner);
        }
        if (NO_NAMES.matcher(text).matches() || (first == '*' && text.length() > 1)) {
            throw refused(written);
        }
        return new JsonPrimitive(text);
    }

    private static String uncommented(String value) {
        return value.replaceFirst("(^|[ \\t])#.*", "").strip();
    }

    private static IllegalArgumentException refused(String line) {
        return new IllegalArgumentException("the 'readers' of its front matter cannot be read: expected names"
                + " separated by commas or a list of them, got '" + BrokenRecord.brief(line.strip()) + "'");
    }
}
