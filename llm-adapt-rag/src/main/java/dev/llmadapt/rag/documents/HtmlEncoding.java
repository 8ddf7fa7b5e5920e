package dev.llmadapt.rag.documents;

import dev.llmadapt.text.TextEncoding;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * The encoding that an HTML page says it is in, as the <a
 * href="https://html.spec.whatwg.org/#determining-the-character-encoding"> HTML standard</a> finds it: what the server
 * says, a {@code meta} element, an XML declaration. A byte order mark, which wins over all of them, is the decoder's
 * business.
 */
final class HtmlEncoding {
    private static final int LOOKED_AT = 1 << 20; // bytes; browsers find a late meta element too
    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*[\"']?\\s*([^\\s\"';]+)");
    private static final Pattern XML =
            Pattern.compile("\\s*<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([^\"']+)[\"'][^>]*>");

    private HtmlEncoding() {}

    /**
     * The encoding, or null where nothing says it.
     *
     * @param server what the server says, null where it says nothing
     * @throws IllegalArgumentException if the page names one that is not known
     */
    static @Nullable TextEncoding of(byte[] page, @Nullable TextEncoding server) {
        if (server != null) {
            return server;
        }
        String begin = new String(page, 0, Math.min(page.length, LOOKED_AT), StandardCharsets.ISO_8859_1);
        Optional<String> label = Jsoup.parse(begin).select("meta").stream()
                .map(HtmlEncoding::label)
                .flatMap(Optional::stream)
                .findFirst();
        if (label.isEmpty()) {
            Matcher xml = XML.matcher(begin);
            label = xml.lookingAt() ? Optional.of(xml.group(1)) : Optional.empty();
        }
        return label.map(HtmlEncoding::named).orElse(null);
    }

    private static Optional<String> label(Element meta) {
        if (meta.hasAttr("charset")) {
            return Optional.of(meta.attr("charset"));
        }
        Matcher content = CHARSET.matcher(meta.attr("content"));
        return meta.attr("http-equiv").strip().equalsIgnoreCase("content-type") && content.find()
                ? Optional.of(content.group(1))
                : Optional.empty();
    }

    /** A page whose element could be read is in no encoding of two bytes a character, whatever it says. */
    private static TextEncoding named(String label) {
        if (label.strip().equalsIgnoreCase("x-user-defined")) {
            return TextEncoding.named("windows-1252");
        }
        TextEncoding encoding = TextEncoding.named(label);
        return encoding.name().startsWith("UTF-16") ? TextEncoding.UTF_8 : encoding;
    }
}
