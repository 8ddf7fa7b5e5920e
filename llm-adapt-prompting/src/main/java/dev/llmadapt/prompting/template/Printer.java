package dev.llmadapt.prompting.template;

import java.util.Map;

/** The printing of values as by Python's {@code str} and {@code repr}. */
final class Printer {
    private final Rendering r;
    private final TextBuilder out;

    private Printer(Rendering r, TextBuilder out) {
        this.r = r;
        this.out = out;
    }

    /** Appends the output of {@code {{ value }}}. */
    static void print(Rendering r, TextBuilder out, Object printed) {
        Object value = r.printable(printed);
        if (value instanceof Text text) {
            out.append(text);
        } else if (!(value instanceof Undefined)) {
            new Printer(r, out).repr(value);
        }
    }

    /** Converts a value as Python's {@code str(value)} does. */
    static Text toText(Rendering r, Object value) {
        if (value instanceof Text text) {
            return text;
        }
        TextBuilder out = r.text();
        print(r, out, value);
        return out.toText();
    }

    private void repr(Object printed) {
        r.enter();
        Object value = r.defined(printed);
        if (value instanceof Text text) {
            quoted(text);
        } else if (value instanceof Long) {
            out.append(value.toString());
        } else if (value instanceof Double number) {
            out.append(Numbers.repr(number));
        } else if (value instanceof Boolean bool) {
            out.append(bool ? "True" : "False");
        } else if (value instanceof None) {
            out.append("None");
        } else if (value instanceof Undefined) {
            out.append("Undefined");
        } else if (value instanceof Dict dict) {
            out.append("{");
            String separator = "";
            for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
                out.append(separator);
                repr(entry.getKey());
                out.append(": ");
                repr(entry.getValue());
                separator = ", ";
            }
            out.append("}");
        } else if (value instanceof Seq seq) {
            sequence(seq);
        } else {
            throw r.fail("a '" + Values.typeName(value) + "' cannot be printed");
        }
        r.leave();
    }

    private void sequence(Seq seq) {
        switch (seq.kind()) {
            case LIST -> items(seq, "[", "]");
            case TUPLE -> items(seq, "(", seq.size() == 1 ? ",)" : ")");
            case RANGE -> throw r.fail("a range cannot be printed here, make it a list first");
            case KEYS, VALUES, ITEMS -> items(seq, seq.kind().pythonName() + "([", "])");
        }
    }

    private void items(Seq seq, String open, String close) {
        out.append(open);
        String separator = "";
        for (Object item : seq.items()) {
            out.append(separator);
            repr(item);
            separator = ", ";
        }
        out.append(close);
    }

    private void quoted(Text text) {
        String chars = text.chars();
        char quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
        out.append(String.valueOf(quote));
        int kept = 0;
        for (int i = 0; i < chars.length(); ) {
            int c = chars.codePointAt(i);
            int next = i + Character.charCount(c);
            if (c == quote || c == '\\' || !Characters.isPrintable(c)) {
                out.append(text, kept, i);
                out.append(escape(c), text.marksAt(i));
                kept = next;
            }
            i = next;
        }
        out.append(text, kept, chars.length());
        out.append(String.valueOf(quote));
    }

    private static String escape(int c) {
        return switch (c) {
            case '\'', '"', '\\' -> "\\" + (char) c;
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                c < 0x100
                        ? Characters.escape('x', c, 2)
                        : c < 0x10000 ? Characters.escape('u', c, 4) : Characters.escape('U', c, 8);
        };
    }
}
