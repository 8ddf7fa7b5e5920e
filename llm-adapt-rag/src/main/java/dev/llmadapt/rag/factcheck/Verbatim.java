package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A verbatim claim, which the passage must contain unchanged: a code, an address, words between quotation marks.
 *
 * @param fact the fact
 * @param bare the text without the characters that may differ
 */
record Verbatim(Fact fact, String bare) implements Claim {
    private static final Pattern QUOTED = Pattern.compile(
            "\"([^\"\\n]{2,200})\"|\u201c([^\u201d\\n]{2,200})\u201d|\u201e([^\u201c\u201d\\n]{2,200})[\u201c\u201d]|\u00ab([^\u00bb\\n]{2,200})\u00bb");

    @Override
    public boolean standsIn(Reading passage) {
        if (fact.kind() == Fact.Kind.QUOTE) {
            return (" " + words(passage.text()) + " ").contains(" " + bare + " ");
        }
        return passage.text().tokens().stream()
                .anyMatch(each -> each.is(Token.Kind.CODE) && code(each.text()).equals(bare));
    }

    /** Returns the quotations, and the codes that no other claim has. */
    static List<Verbatim> in(Text text) {
        List<Verbatim> found = new ArrayList<>();
        for (Matcher matcher = QUOTED.matcher(text.words()); matcher.find(); ) {
            String bare =
                    words(Text.of(matcher.group().substring(1, matcher.group().length() - 1)));
            if (bare.indexOf(' ') > 0) {
                found.add(new Verbatim(new Fact(Fact.Kind.QUOTE, matcher.group()), bare));
            }
        }
        for (int i = 0; i < text.tokens().size(); i++) {
            Token token = text.at(i);
            if (text.isFree(i) && token.is(Token.Kind.CODE)) {
                found.add(new Verbatim(new Fact(Fact.Kind.CODE, token.text()), code(token.text())));
                text.use(i, i + 1);
            }
        }
        return found;
    }

    private static String words(Text text) {
        return String.join(
                " ",
                text.tokens().stream()
                        .filter(each -> !each.is(Token.Kind.SYMBOL))
                        .map(Token::fold)
                        .toList());
    }

    /** Returns an address without its scheme and last slash, or a code without hyphens; both in lower case. */
    private static String code(String text) {
        String small = text.toLowerCase(Locale.ROOT);
        return small.contains("@") || small.contains(".") || small.contains("/")
                ? small.replaceFirst("^https?://", "")
                        .replaceFirst("^www\\.", "")
                        .replaceFirst("/$", "")
                : small.replaceAll("[-_]", "");
    }
}
