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
 * The declared encoding of an HTML page, found as in the <a
 * href="https://html.spec.whatwg.org/#determining-the-character-encoding">HTML standard</a>: by the server's header, a
 * {@code meta} element or an XML declaration. The decoder handles a byte order mark, which wins over all of them.
 */
final class HtmlEncoding {
    private static final int LOOKED_AT = 1 << 20; // bytes; browsers find a late meta element too
    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*[\"']?\\s*([^\\s\"';]+)");
    private static final Pattern XML =
            Pattern.compile("\\s*<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([^\"']+)[\"'][^>]*>");

    private HtmlEncoding() {}

    /**
     * The encoding, or null if nothing declares it.
     *
     * @param server the encoding in the server's header, or null
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

    /**
     * The encoding of a label. A page whose element could be read does not use two bytes a character, whatever it
     * declares.
     */
    private static TextEncoding named(String label) {
        if (label.strip().equalsIgnoreCase("x-user-defined")) {
            return TextEncoding.named("windows-1252");
        }
        TextEncoding encoding = TextEncoding.named(label);
        return encoding.name().startsWith("UTF-16") ? TextEncoding.UTF_8 : encoding;
    }
}
