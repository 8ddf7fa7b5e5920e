package dev.llmadapt.local.constraint;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The formats of strings that are kept, each by an expression of texts that have it. */
final class Formats {
    /** Formats of OpenAPI that say how a text is used, not how it is written. */
    static final Set<String> ANY_TEXT = Set.of("password", "binary");

    private static final Map<String, String> PATTERNS = new TreeMap<>();

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
    private static final String H16 = "[0-9A-Fa-f]{1,4}";
    private static final String LS32 = "(" + H16 + ":" + H16 + "|" + IPV4 + ")";
    private static final String IPV6 = "(" + "(" + H16 + ":){6}" + LS32
            + "|::(" + H16 + ":){5}" + LS32
            + "|(" + H16 + ")?::(" + H16 + ":){4}" + LS32
            + "|((" + H16 + ":){0,1}" + H16 + ")?::(" + H16 + ":){3}" + LS32
            + "|((" + H16 + ":){0,2}" + H16 + ")?::(" + H16 + ":){2}" + LS32
            + "|((" + H16 + ":){0,3}" + H16 + ")?::" + H16 + ":" + LS32
            + "|((" + H16 + ":){0,4}" + H16 + ")?::" + LS32
            + "|((" + H16 + ":){0,5}" + H16 + ")?::" + H16
            + "|((" + H16 + ":){0,6}" + H16 + ")?::)";
    private static final String LEAP = "(([0-9]{2}(0[48]|[2468][048]|[13579][26]))|(0[48]|[2468][048]|[13579][26])00)";
    private static final String DATE = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
            + "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|" + LEAP + "-02-29)";
    private static final String CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]";
    private static final String TIME = CLOCK + ":[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]((0[0-9]|1[0-7]):[0-5][0-9]|18:00))";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,58}[A-Za-z0-9])?";
    private static final String UNRESERVED = "A-Za-z0-9._~-";
    private static final String ESCAPED = "%[0-9A-Fa-f]{2}";
    private static final String CHARACTER = "([!$&'()*+,;=:@" + UNRESERVED + "]|" + ESCAPED + ")";
    private static final String NO_COLON = "([!$&'()*+,;=@" + UNRESERVED + "]|" + ESCAPED + ")";
    private static final String NAME = "([!$&'()*+,;=" + UNRESERVED + "]|" + ESCAPED + ")";
    private static final String AUTHORITY =
            "(([!$&'()*+,;=:" + UNRESERVED + "]|" + ESCAPED + ")*@)?(" + NAME + "*|\\[" + IPV6 + "\\])(:[0-9]{1,5})?";
    private static final String SLASHED = "(/" + CHARACTER + "*)*";
    private static final String ABSOLUTE = "/(" + CHARACTER + "+" + SLASHED + ")?";
    private static final String AFTER = "(\\?(" + CHARACTER + "|[/?])*)?(#(" + CHARACTER + "|[/?])*)?";
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]*:(//" + AUTHORITY + SLASHED + "|" + ABSOLUTE + "|"
            + CHARACTER + "+" + SLASHED + "|)" + AFTER;
    private static final String RELATIVE =
            "(//" + AUTHORITY + SLASHED + "|" + ABSOLUTE + "|" + NO_COLON + "+" + SLASHED + "|)" + AFTER;
    private static final String POINTER = "(/([^/~]|~[01])*)*";
    private static final String VARIABLE =
            "([A-Za-z0-9_]|" + ESCAPED + ")(\\.?([A-Za-z0-9_]|" + ESCAPED + "))*(:[1-9][0-9]{0,3}|\\*)?";
    private static final String CLOCK_SPAN = "T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S)";

    static {
        PATTERNS.put("date", DATE);
        PATTERNS.put("time", TIME);
        PATTERNS.put("date-time", DATE + "T" + TIME);
        PATTERNS.put(
                "duration",
                "P(([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)(" + CLOCK_SPAN + ")?|" + CLOCK_SPAN
                        + "|[0-9]+W)");
        PATTERNS.put(
                "email",
                "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}){0,2}@" + LABEL + "(\\."
                        + LABEL + "){0,3}");
        PATTERNS.put("hostname", LABEL + "(\\." + LABEL + "){0,3}");
        PATTERNS.put("ipv4", IPV4);
        PATTERNS.put("ipv6", IPV6);
        PATTERNS.put("uuid", "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
        PATTERNS.put("uri", URI);
        PATTERNS.put("uri-reference", "(" + URI + "|" + RELATIVE + ")");
        PATTERNS.put(
                "uri-template",
                "([^\\x00-\\x20\"'%<>\\\\^`{|}\\x7F-\\x9F]|" + ESCAPED + "|\\{[+#./;?&]?" + VARIABLE + "(," + VARIABLE
                        + ")*\\})*");
        PATTERNS.put("json-pointer", POINTER);
        PATTERNS.put("relative-json-pointer", "(0|[1-9][0-9]*)(#|" + POINTER + ")");
        PATTERNS.put("byte", "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
    }

    private Formats() {}

    /** Returns the names of the formats that are kept. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(PATTERNS.keySet());
        names.addAll(ANY_TEXT);
        return names;
    }

    /** Returns what matches the texts of a format, or null if it is not kept. */
    static @Nullable Regex find(String name, CharacterCode code) {
        String pattern = PATTERNS.get(name);
        return pattern == null ? null : PatternParser.whole(pattern, code);
    }
}
