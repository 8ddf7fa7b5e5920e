package dev.llmadapt.local.constraint;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The form in which JSON is written: the expressions of its separators, of any string and of any number. Not
 * thread-safe.
 */
final class JsonText {
    /** The most whitespace characters at one place in the flexible form. */
    static final int MAX_WHITESPACE = 20;

    final Regexes regexes;
    /** Characters as they are written within strings, each in one form. */
    final CharacterCode characters;

    final Decimals decimals;
    /** The inside of any string, with all escapes that JSON has. */
    final Regex anyText;
    /** One character of it. */
    final Regex anyCharacter;
    /** What stands before a value in brackets or between two. */
    final Regex open;

    final Regex comma;
    final Regex colon;
    /** What stands before a closing bracket after a value. */
    final Regex close;
    /** What stands for null, true and false. */
    final List<String> words;

    /**
     * Makes a form.
     *
     * @param flexible whether there may be whitespace wherever JSON has it, else a blank after each comma and colon
     */
    JsonText(Regexes regexes, boolean flexible) {
        this(regexes, flexible, List.of("null", "true", "false"));
    }

    /** Values as they are written in Python, on one line, strings in double quotes. */
    static JsonText python(Regexes regexes) {
        return new JsonText(regexes, false, List.of("None", "True", "False"));
    }

    private JsonText(Regexes regexes, boolean flexible, List<String> words) {
        this.regexes = regexes;
        this.words = words;
        characters = CharacterCode.json(regexes);
        decimals = new Decimals(regexes);
        anyCharacter = anyCharacter(regexes);
        anyText = regexes.star(anyCharacter);
        ByteSet blanks =
                ByteSet.of(' ').or(ByteSet.of('\t')).or(ByteSet.of('\n')).or(ByteSet.of('\r'));
        Regex space = flexible ? regexes.repeat(regexes.bytes(blanks), 0, MAX_WHITESPACE) : regexes.epsilon;
        Regex blank = flexible ? space : regexes.literal(" ");
        open = space;
        comma = regexes.concat(space, regexes.literal(","), blank);
        colon = regexes.concat(space, regexes.literal(":"), blank);
        close = space;
        Regex quote = regexes.literal("\"");
        Regex name = regexes.star(characters.any());
        regexes.name(regexes.concat(anyText, quote), "text");
        regexes.name(regexes.concat(name, quote), "characters");
        regexes.name(regexes.concat(name, quote, colon), flexible ? "name, flexible" : "name");
    }

    private static Regex anyCharacter(Regexes regexes) {
        CodePoints plain = CodePoints.range(' ', Character.MAX_CODE_POINT)
                .and(CodePoints.of("\"\\").not());
        Regex hex = regexes.bytes(
                ByteSet.range('0', '9').or(ByteSet.range('a', 'f')).or(ByteSet.range('A', 'F')));
        Regex d = bytes(regexes, "dD");
        Regex notD = regexes.bytes(ByteSet.range('0', '9')
                .or(ByteSet.range('a', 'f'))
                .or(ByteSet.range('A', 'F'))
                .and(ByteSet.of('d').or(ByteSet.of('D')).not()));
        Regex low = regexes.bytes(ByteSet.range('0', '7'));
        Regex u = regexes.literal("\\u");
        Regex whole = regexes.concat(u, regexes.or(regexes.concat(notD, hex), regexes.concat(d, low)), hex, hex);
        Regex pair =
                regexes.concat(u, d, bytes(regexes, "89abAB"), hex, hex, u, d, bytes(regexes, "cdefCDEF"), hex, hex);
        Regex escape = regexes.concat(regexes.literal("\\"), bytes(regexes, "\"\\/bfnrt"));
        return regexes.or(CharacterCode.utf8(regexes).of(plain), escape, whole, pair);
    }

    private static Regex bytes(Regexes regexes, String any) {
        ByteSet set = ByteSet.NONE;
        for (byte each : any.getBytes(StandardCharsets.US_ASCII)) {
            set = set.or(ByteSet.of(each));
        }
        return regexes.bytes(set);
    }

    /** Returns a string of a text, or of any of several, by what matches the inside. */
    Regex quoted(Regex inside) {
        Regex quote = regexes.literal("\"");
        return regexes.concat(quote, inside, quote);
    }
}
