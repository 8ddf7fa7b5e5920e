package dev.llmadapt.peft.data;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds personal data by patterns and check digits. The patterns begin at a border and repeat a bounded number of
 * times, so that no text costs more than a small multiple of its length.
 */
final class PersonalDataFinder {
    private record Rule(PersonalData kind, Pattern pattern, Predicate<String> check) {}

    /** In order of precedence where two overlap: those with check digits before those without. */
    private static final List<Rule> RULES = List.of(
            new Rule(
                    PersonalData.EMAIL,
                    Pattern.compile("(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}+@"
                            + "(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"),
                    text -> true),
            new Rule(
                    PersonalData.IBAN,
                    Pattern.compile("(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}"),
                    text -> CheckDigits.ibanLength(text) > 0),
            new Rule(
                    PersonalData.CREDIT_CARD,
                    Pattern.compile("(?<![0-9A-Za-z.,-])[2-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z]|[ -][0-9])"),
                    CheckDigits::luhn),
            new Rule(
                    PersonalData.NATIONAL_ID,
                    Pattern.compile(
                            "(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![0-9A-Za-z-])"),
                    text -> true),
            new Rule(
                    PersonalData.NATIONAL_ID,
                    Pattern.compile("(?<![0-9A-Za-z.,-])[1-9][0-9](?: ?[0-9]{3}){3}(?![0-9A-Za-z]|[ .,-][0-9])"),
                    CheckDigits::germanTaxId),
            new Rule(
                    PersonalData.IP_ADDRESS,
                    Pattern.compile("(?<![0-9A-Za-z.])(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}"
                            + "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?![0-9A-Za-z]|\\.[0-9])"),
                    text -> !text.startsWith("0.") && !text.startsWith("127.") && !text.startsWith("255.255.")),
            new Rule(
                    PersonalData.IP_ADDRESS,
                    Pattern.compile("(?<![0-9A-Za-z:.])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])"),
                    CheckDigits::ipv6),
            new Rule(
                    PersonalData.PHONE,
                    Pattern.compile(
                            "(?:(?<![0-9A-Za-z+])\\+|(?<![0-9A-Za-z+.,-])(?<![0-9] )00(?=[1-9]))[0-9](?:[ ./-]?\\(?[0-9]\\)?){6,16}(?![0-9A-Za-z])"),
                    text -> between(text, 8, 17)),
            new Rule(
                    PersonalData.PHONE,
                    Pattern.compile("(?<![0-9A-Za-z.,-])(?:1[ .-])?(?:\\([2-9][0-9]{2}\\) ?|[2-9][0-9]{2}[ .-])"
                            + "[2-9][0-9]{2}[ .-][0-9]{4}(?![0-9A-Za-z]|[.,-][0-9])"),
                    text -> true),
            new Rule(
                    PersonalData.PHONE,
                    Pattern.compile("(?<![0-9A-Za-z.,-])(?:\\(0[1-9][0-9]{1,4}\\) ?|0[1-9][0-9]{1,4} ?[/ -] ?)"
                            + "[1-9](?:[ -]?[0-9]){4,8}(?![0-9A-Za-z]|[ .,-][0-9])"),
                    text -> between(text, 9, 12)));

    private final List<Rule> rules;

    PersonalDataFinder(Set<PersonalData> kinds) {
        this.rules = RULES.stream().filter(rule -> kinds.contains(rule.kind())).toList();
    }

    /**
     * A place where personal data stands.
     *
     * @param kind which
     * @param start the first character
     * @param end behind the last
     */
    record Span(PersonalData kind, int start, int end) {}

    /** All of a text, none overlapping, in order. */
    List<Span> find(String text) {
        if (!isPossible(text)) {
            return List.of();
        }
        NavigableMap<Integer, Span> spans = new TreeMap<>(); // by start
        for (Rule rule : rules) {
            Matcher matcher = rule.pattern().matcher(text);
            int from = 0;
            while (matcher.find(from)) {
                int end = matcher.end();
                String found = matcher.group();
                boolean good = rule.check().test(found);
                if (good && rule.kind() == PersonalData.IBAN) {
                    end = matcher.start() + CheckDigits.ibanLength(found);
                    good = end == text.length() || !Character.isLetterOrDigit(text.charAt(end));
                }
                if (good && isFree(spans, matcher.start(), end)) {
                    spans.put(matcher.start(), new Span(rule.kind(), matcher.start(), end));
                }
                from = Math.max(end, matcher.start() + 1);
            }
        }
        return List.copyOf(spans.values());
    }

    /** The text with a placeholder for each span. */
    static String mask(String text, List<Span> spans) {
        StringBuilder masked = new StringBuilder();
        int from = 0;
        for (Span span : spans) {
            masked.append(text, from, span.start()).append(span.kind().placeholder());
            from = span.end();
        }
        return masked.append(text, from, text.length()).toString();
    }

    /** Most texts hold neither an at sign nor five digits and colons, and need no patterns. */
    private static boolean isPossible(String text) {
        int marks = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '@') {
                return true;
            }
            if ((c >= '0' && c <= '9') || c == ':') {
                if (++marks >= 4) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isFree(NavigableMap<Integer, Span> spans, int start, int end) {
        Map.Entry<Integer, Span> before = spans.lowerEntry(end);
        return before == null || before.getValue().end() <= start;
    }

    private static boolean between(String text, int least, int most) {
        long digits = text.chars().filter(c -> c >= '0' && c <= '9').count();
        return digits >= least && digits <= most;
    }
}
