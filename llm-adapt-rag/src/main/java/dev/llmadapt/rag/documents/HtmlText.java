package dev.llmadapt.rag.documents;

import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/**
 * The text of an HTML page: paragraphs separated by blank lines, headings like Markdown's, no scripts, styles or
 * navigation.
 */
final class HtmlText {
    private static final Pattern HEADING = Pattern.compile("(?m)^ {0,3}(?:#|=+$|-+$)");

    private HtmlText() {}

    static String of(Document page) {
        page.select("script, style, noscript, template, nav, head > *").remove();
        // Code must not read as headings
        page.select("pre").stream()
                .filter(code -> HEADING.matcher(code.wholeText()).find())
                .forEach(code -> code.prependText("```\n").appendText("\n```\n"));
        StringBuilder text = new StringBuilder();
        NodeTraversor.traverse(
                new NodeVisitor() {
                    @Override
                    public void head(Node node, int depth) {
                        if (node instanceof TextNode words) {
                            append(text, preformatted(words) ? words.getWholeText() : words.text());
                        } else if (node instanceof Element element) {
                            if (element.normalName().matches("h[1-6]")) {
                                blankLine(text);
                                int level = element.normalName().charAt(1) - '0';
                                text.append("#".repeat(level)).append(' ');
                            } else if (element.normalName().equals("li")) {
                                line(text);
                                text.append("- ");
                            } else if (element.normalName().equals("br")
                                    || element.normalName().equals("tr")) {
                                line(text);
                            } else if (element.normalName().matches("t[dh]")) {
                                cell(text);
                            } else if (element.isBlock()) {
                                blankLine(text);
                            }
                        }
                    }

                    @Override
                    public void tail(Node node, int depth) {
                        if (node instanceof Element element
                                && element.isBlock()
                                && !element.normalName().matches("li|tr|tbody|thead|td|th")) {
                            blankLine(text);
                        }
                    }
                },
                page);
        return text.toString().strip();
    }

    private static boolean preformatted(TextNode node) {
        for (Node at = node.parent(); at != null; at = at.parent()) {
            if (at instanceof Element element && element.normalName().equals("pre")) {
                return true;
            }
        }
        return false;
    }

    private static void append(StringBuilder text, String words) {
        boolean afterSpace = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
        text.append(afterSpace && words.startsWith(" ") ? words.substring(1) : words);
    }

    private static void cell(StringBuilder text) {
        if (!text.isEmpty() && !Character.isWhitespace(text.charAt(text.length() - 1))) {
            text.append(' ');
        }
    }

    private static void line(StringBuilder text) {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
    }

    private static void blankLine(StringBuilder text) {
        line(text);
        if (text.length() > 1 && text.charAt(text.length() - 2) != '\n') {
            text.append('\n');
        }
    }
}
