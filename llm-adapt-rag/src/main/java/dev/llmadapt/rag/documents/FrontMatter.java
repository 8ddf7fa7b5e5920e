package dev.llmadapt.rag.documents;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.MarkdownHeadings;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The access list in the front matter of a Markdown file: the part of YAML and TOML that names need. */
final class FrontMatter {
    private static final Pattern ANYWHERE = Pattern.compile("(?i)(?:^|[\\s{,\"'.\\[])readers[\"'\\]]?\\s*[:=\\]]");
    private static final Pattern SETTING = Pattern.compile("[\"']?([^\\s\"':=]+)[\"']?[ \\t]*[:=](?:[ \\t]+(.*))?");
    private static final Pattern ITEM = Pattern.compile("[ \\t]*-[ \\t]+(.+)");
    private static final Pattern NO_NAMES = Pattern.compile(".*[\\[\\]{}\"].*|[|>&!%@`].*");

    private FrontMatter() {}

    /**
     * The readers of a document; none means everyone.
     *
     * @throws IllegalArgumentException if its front matter has an access list that cannot be read
     */
    static Set<String> readers(String text) {
        List<String> lines = settings(text).lines().toList();
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
        return at < 0 ? Set.of() : AccessList.of(value(lines, at));
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
            } else if (!lines.get(i).isBlank() && !lines.get(i).strip().startsWith("#")) {
                if (Character.isWhitespace(lines.get(i).charAt(0))) {
                    throw refused(lines.get(i));
                }
                break;
            }
        }
        return names;
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
