package dev.llmadapt.prompting.file;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The front matter of a prompt file: the part of YAML that it needs, which is mappings within each other by
 * indentation, of texts in one line. What else YAML has is refused by name, so that no line means something else to
 * another reader.
 */
final class FrontMatter {
    private final String file;
    private final int firstLine;

    private FrontMatter(String file, int firstLine) {
        this.file = file;
        this.firstLine = firstLine;
    }

    /**
     * A value of the front matter.
     *
     * @param line the line of its key in the file
     * @param text the text; empty where there are parts
     * @param quoted whether it stands in quotes, so that it is a text whatever it looks like
     * @param parts the values within, by key
     */
    record Value(int line, String text, boolean quoted, Map<String, Value> parts) {}

    /** Reads lines, the first of which has this number in the file. */
    static Map<String, Value> read(String file, int firstLine, List<String> lines) {
        return new FrontMatter(file, firstLine).read(lines);
    }

    /** A mapping that is being read, and the column of its keys; -1 as long as it has none. */
    private static final class Open {
        private final Map<String, Value> parts;
        private int column = -1;

        Open(Map<String, Value> parts) {
            this.parts = parts;
        }
    }

    private Map<String, Value> read(List<String> lines) {
        Map<String, Value> all = new LinkedHashMap<>();
        Deque<Open> open = new ArrayDeque<>();
        Open top = new Open(all);
        top.column = 0;
        open.push(top);
        for (int i = 0; i < lines.size(); i++) {
            String content = lines.get(i);
            int number = firstLine + i;
            if (content.isBlank() || content.stripLeading().startsWith("#")) {
                continue;
            }
            int column = content.length() - content.stripLeading().length();
            if (content.substring(0, column).indexOf('\t') >= 0) {
                throw error(number, "is indented by a tab, write spaces");
            }
            while (open.element().column > column || (open.element().column < 0 && below(open).column >= column)) {
                open.pop();
            }
            if (open.element().column < 0) {
                open.element().column = column;
            } else if (open.element().column != column) {
                throw error(number, "is indented by " + column + " spaces, expected " + open.element().column);
            }
            add(open, content.strip(), number);
        }
        return all;
    }

    private static Open below(Deque<Open> open) {
        return open.stream().skip(1).findFirst().orElse(open.element());
    }

    private void add(Deque<Open> open, String content, int number) {
        int colon = content.indexOf(':');
        String key = colon < 0 ? "" : content.substring(0, colon).stripTrailing();
        if (!key.matches("[A-Za-z_][A-Za-z0-9_-]*")
                || (colon + 1 < content.length() && content.charAt(colon + 1) != ' ')) {
            throw error(number, "must be 'key: value', got '" + content + "'");
        }
        Map<String, Value> parts = open.element().parts;
        if (parts.containsKey(key)) {
            throw error(number, "has the key '" + key + "' a second time");
        }
        String rest = content.substring(colon + 1).strip();
        boolean nested = rest.isEmpty() || rest.startsWith("#");
        boolean quoted = rest.startsWith("\"") || rest.startsWith("'");
        Value value = new Value(
                number,
                nested ? "" : quoted ? unquoted(rest, number) : plain(rest, number),
                quoted,
                new LinkedHashMap<>());
        parts.put(key, value);
        if (nested) {
            open.push(new Open(value.parts()));
        }
    }

    private String plain(String text, int number) {
        if ("[]{}&*!|>%@`-?,".indexOf(text.charAt(0)) >= 0 && !text.matches("-[0-9.].*")) {
            throw error(
                    number,
                    "begins its value by '" + text.charAt(0)
                            + "'; only texts in one line are read here, with quotes around those of special characters");
        }
        int comment = text.indexOf(" #");
        String kept = comment < 0 ? text : text.substring(0, comment).stripTrailing();
        if (kept.contains(": ") || kept.endsWith(":")) {
            throw error(number, "has a colon in its value, put the value in quotes");
        }
        return kept;
    }

    private String unquoted(String text, int number) {
        char quote = text.charAt(0);
        StringBuilder out = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote && quote == '\'' && i + 1 < text.length() && text.charAt(i + 1) == '\'') {
                out.append('\'');
                i++;
            } else if (c == quote) {
                String after = text.substring(i + 1).strip();
                if (!after.isEmpty() && !after.startsWith("#")) {
                    throw error(number, "has '" + after + "' after its value in quotes");
                }
                return out.toString();
            } else if (c == '\\' && quote == '"') {
                i++;
                out.append(escaped(i < text.length() ? text.charAt(i) : ' ', number));
            } else {
                out.append(c);
            }
        }
        throw error(number, "does not end its value by " + quote);
    }

    private char escaped(char c, int number) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case '"', '\\', '/' -> c;
            default -> throw error(number, "has the escape '\\" + c + "', expected \\n, \\t, \\\" or \\\\");
        };
    }

    private PromptFileException error(int number, String trouble) {
        return new PromptFileException(file + " line " + number + " " + trouble);
    }
}
