package dev.llmadapt.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An encoding of text, known by the labels of the <a href="https://encoding.spec.whatwg.org/">Encoding Standard</a> as
 * browsers read them: {@code iso-8859-1} is windows-1252 there, {@code gb2312} is GB18030. Decoding is strict: bytes
 * without a meaning are an error, never a replacement character.
 *
 * @param name its name in the standard
 * @param charset the charset of the JDK
 */
public record TextEncoding(String name, Charset charset) {
    /** The UTF-8 encoding, which is the default. */
    public static final TextEncoding UTF_8 = new TextEncoding("UTF-8", StandardCharsets.UTF_8);

    /** The rows: name, the JDK's name, labels. The JDK has no ISO-8859-10, ISO-8859-14 and x-user-defined. */
    private static final String[] TABLE = {
        "UTF-8 UTF-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
        "IBM866 IBM866 866 cp866 csibm866 ibm866",
        "ISO-8859-2 ISO-8859-2 csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2"
                + " latin2",
        "ISO-8859-3 ISO-8859-3 csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3"
                + " latin3",
        "ISO-8859-4 ISO-8859-4 csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4"
                + " latin4",
        "ISO-8859-5 ISO-8859-5 csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5"
                + " iso_8859-5:1988",
        "ISO-8859-6 ISO-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6"
                + " iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
        "ISO-8859-7 ISO-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597"
                + " iso_8859-7 iso_8859-7:1987 sun_eu_greek",
        "ISO-8859-8 ISO-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8"
                + " iso88598 iso_8859-8 iso_8859-8:1988 visual",
        "ISO-8859-8-I ISO-8859-8 csiso88598i iso-8859-8-i logical",
        "ISO-8859-10 - csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
        "ISO-8859-13 ISO-8859-13 iso-8859-13 iso8859-13 iso885913",
        "ISO-8859-14 - iso-8859-14 iso8859-14 iso885914",
        "ISO-8859-15 ISO-8859-15 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
        "ISO-8859-16 ISO-8859-16 iso-8859-16",
        "KOI8-R KOI8-R cskoi8r koi koi8 koi8-r koi8_r",
        "KOI8-U KOI8-U koi8-ru koi8-u",
        "macintosh x-MacRoman csmacintosh mac macintosh x-mac-roman",
        "windows-874 x-windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
        "windows-1250 windows-1250 cp1250 windows-1250 x-cp1250",
        "windows-1251 windows-1251 cp1251 windows-1251 x-cp1251",
        "windows-1252 windows-1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1"
                + " iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
        "windows-1253 windows-1253 cp1253 windows-1253 x-cp1253",
        "windows-1254 windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9"
                + " iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
        "windows-1255 windows-1255 cp1255 windows-1255 x-cp1255",
        "windows-1256 windows-1256 cp1256 windows-1256 x-cp1256",
        "windows-1257 windows-1257 cp1257 windows-1257 x-cp1257",
        "windows-1258 windows-1258 cp1258 windows-1258 x-cp1258",
        "x-mac-cyrillic x-MacUkraine x-mac-cyrillic x-mac-ukrainian",
        "GBK GB18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
        "gb18030 GB18030 gb18030",
        "Big5 Big5-HKSCS big5 big5-hkscs cn-big5 csbig5 x-x-big5",
        "EUC-JP x-eucJP-Open cseucpkdfmtjapanese euc-jp x-euc-jp",
        "ISO-2022-JP x-windows-iso2022jp csiso2022jp iso-2022-jp",
        "Shift_JIS windows-31j csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
        "EUC-KR x-windows-949 cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601"
                + " ksc_5601 windows-949",
        "replacement - csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement",
        "UTF-16BE UTF-16BE unicodefffe utf-16be",
        "UTF-16LE UTF-16LE csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
        "x-user-defined - x-user-defined"
    };

    private static final Map<String, String[]> ROWS = rows();

    /** A byte order mark at the beginning of some bytes. */
    record Mark(TextEncoding encoding, int length) {}

    /**
     * Finds the encoding of a label, ignoring case and white space around it.
     *
     * @throws IllegalArgumentException if there is no such label, or the JDK has no such encoding
     */
    public static TextEncoding named(String label) {
        String[] row = ROWS.get(label.strip().toLowerCase(Locale.ROOT));
        if (row == null) {
            throw new IllegalArgumentException("unknown encoding '" + BrokenRecord.brief(label)
                    + "', expected a label of the Encoding Standard, such as utf-8, windows-1252 or shift_jis");
        }
        if (row[1].equals("-") || !Charset.isSupported(row[1])) {
            throw new IllegalArgumentException(
                    "the encoding '" + BrokenRecord.brief(label) + "' cannot be read here; save the text as UTF-8");
        }
        return new TextEncoding(row[0], Charset.forName(row[1]));
    }

    /** The labels of all encodings that can be read, in alphabetical order. */
    public static List<String> labels() {
        return ROWS.entrySet().stream()
                .filter(entry -> !entry.getValue()[1].equals("-"))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * Decodes bytes: in the encoding of their byte order mark, which is left out, else in the one declared, else in
     * UTF-8.
     *
     * @param declared the declared encoding, or null where there is none
     * @throws MalformedText if some bytes have no meaning in the encoding, or stand for the character NUL
     */
    public static String decode(byte[] bytes, @Nullable TextEncoding declared) throws MalformedText {
        Optional<Mark> mark = mark(bytes, bytes.length);
        TextEncoding encoding = mark.map(Mark::encoding).orElse(declared == null ? UTF_8 : declared);
        return encoding.decode(bytes, mark.map(Mark::length).orElse(0));
    }

    private String decode(byte[] bytes, int from) throws MalformedText {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
        CharsetDecoder decoder = decoder();
        CharBuffer out = CharBuffer.allocate((int) Math.min(
                Integer.MAX_VALUE - 8, (long) ((bytes.length - from) * (double) decoder.maxCharsPerByte()) + 1));
        CoderResult result = decoder.decode(in, out, true);
        if (!result.isError()) {
            result = decoder.flush(out);
        }
        out.flip();
        long line = 1;
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c == '\n' || (c == '\r' && (i + 1 == out.length() || out.charAt(i + 1) != '\n'))) {
                line++;
            } else if (c == '\0') {
                throw new MalformedText(line, "no text: it holds a zero byte");
            } else if (isHole(c)) {
                throw new MalformedText(
                        line,
                        String.format("not %s, got byte 0x%02X, which stands for no character in it", name, (int) c));
            }
        }
        if (result.isError()) {
            int at = in.position();
            throw new MalformedText(
                    line,
                    String.format("not %s, got byte 0x%02X at offset %d", name, bytes[at] & 0xFF, at) + nextStep());
        }
        return out.toString();
    }

    /** The advice for bytes that are not in this encoding. */
    String nextStep() {
        return this.equals(UTF_8) ? "; save the file as UTF-8" : "; declare the right encoding, or save it as UTF-8";
    }

    CharsetDecoder decoder() {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** Whether an encoding older than Unicode gives the byte no meaning but a control character. */
    boolean isHole(char decoded) {
        return decoded >= 0x80 && decoded < 0xA0 && decoded != 0x85 && !name.startsWith("UTF-");
    }

    /** Finds the byte order mark at the beginning. */
    static Optional<Mark> mark(byte[] bytes, int length) {
        if (starts(bytes, length, 0xEF, 0xBB, 0xBF)) {
            return Optional.of(new Mark(UTF_8, 3));
        }
        if (starts(bytes, length, 0xFF, 0xFE, 0, 0)) {
            return Optional.of(new Mark(unicode("UTF-32LE"), 4));
        }
        if (starts(bytes, length, 0, 0, 0xFE, 0xFF)) {
            return Optional.of(new Mark(unicode("UTF-32BE"), 4));
        }
        if (starts(bytes, length, 0xFF, 0xFE)) {
            return Optional.of(new Mark(unicode("UTF-16LE"), 2));
        }
        return starts(bytes, length, 0xFE, 0xFF) ? Optional.of(new Mark(unicode("UTF-16BE"), 2)) : Optional.empty();
    }

    private static TextEncoding unicode(String name) {
        return new TextEncoding(name, Charset.forName(name));
    }

    private static boolean starts(byte[] bytes, int length, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= length || (bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, String[]> rows() {
        Map<String, String[]> rows = new HashMap<>();
        for (String line : TABLE) {
            String[] row = line.split(" ");
            Arrays.stream(row).skip(2).forEach(label -> rows.put(Objects.requireNonNull(label), row));
        }
        return Collections.unmodifiableMap(rows);
    }
}
