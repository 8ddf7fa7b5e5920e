package dev.llmadapt.pilot;

import dev.llmadapt.pilot.results.PersonalData;
import java.math.BigInteger;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for personal data in a text, by form and by check digits. */
final class PersonalDataSearch {
    private static final Pattern EMAIL = Pattern.compile(
            "(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}._%+-]{1,64}@(?:[\\p{L}\\p{N}-]{1,63}\\.){1,8}\\p{L}{2,24}(?![\\p{L}\\p{N}])");
    private static final Pattern IBAN =
            Pattern.compile("(?<![A-Za-z0-9])[A-Za-z]{2}\\d{2}(?: ?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])");
    private static final Pattern CARD = Pattern.compile("(?<![\\d+.,-])\\d(?:[ -]?\\d){12,18}(?![\\d-])");
    private static final Pattern CARD_FORM = Pattern.compile(
            "4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2[2-7]\\d{14}|3[47]\\d{13}|3[068]\\d{12}|6\\d{15,18}");
    private static final Pattern PHONE = Pattern.compile("(?<![\\p{L}\\d+.,/#-])"
            + "(?:(?:\\([2-9]\\d{2}\\) ?|[2-9]\\d{2}[-.])\\d{3}[-. ]\\d{4}"
            + "|(?:\\+\\d|00[1-9]|\\(?0[1-9])[\\d ()/.-]{5,20}\\d)(?![\\p{L}\\d])");
    private static final Pattern DATE = Pattern.compile("\\d{1,2}[./-]\\d{1,2}[./-](?:\\d{4}|\\d{2}).*");
    /** A number that is said to be something else. */
    private static final Pattern NAMED = Pattern.compile(
            "(?i)(?:order|invoice|reference|ref|ticket|case|tracking|customer|account|article|item|sort code)"
                    + "(?: (?:no|number|nr|id|code))?(?: is)?[.:# ]*$");

    private static final int LOOK_BACK = 32;
    private static final BigInteger CHECK = BigInteger.valueOf(97);

    private PersonalDataSearch() {}

    /**
     * Counts the personal data in a text. Something is counted once, as the first kind of e-mail, IBAN, card, phone.
     */
    public static PersonalData in(String text) {
        StringBuilder left = new StringBuilder(text);
        int emails = take(left, EMAIL, found -> true);
        int ibans = takeIbans(left);
        int cards = take(left, CARD, PersonalDataSearch::isCard);
        int phones = takePhones(left);
        return new PersonalData(emails, phones, ibans, cards);
    }

    /** Counts what a pattern finds and a check confirms, and blanks it. */
    private static int take(StringBuilder text, Pattern pattern, Predicate<String> check) {
        int found = 0;
        Matcher matcher = pattern.matcher(text.toString());
        while (matcher.find()) {
            if (check.test(matcher.group())) {
                blank(text, matcher.start(), matcher.end());
                found++;
            }
        }
        return found;
    }

    private static void blank(StringBuilder text, int begin, int end) {
        text.replace(begin, end, "\n".repeat(end - begin));
    }

    /** The words after an account number look like more groups of it, so ends are tried from the longest. */
    private static int takeIbans(StringBuilder text) {
        int found = 0;
        Matcher matcher = IBAN.matcher(text.toString());
        int from = 0;
        while (matcher.find(from)) {
            String run = matcher.group();
            int end = run.length();
            while (end > 0 && !isIban(run.substring(0, end))) {
                end = run.lastIndexOf(' ', end - 1);
            }
            if (end > 0) {
                blank(text, matcher.start(), matcher.start() + end);
                found++;
            }
            from = end > 0 ? matcher.start() + end : matcher.start() + 2;
            if (from > text.length()) {
                break;
            }
        }
        return found;
    }

    private static boolean isIban(String run) {
        String plain = run.replace(" ", "").toUpperCase(Locale.ROOT);
        if (plain.length() < 15 || plain.length() > 34) {
            return false;
        }
        StringBuilder digits = new StringBuilder();
        for (char c : (plain.substring(4) + plain.substring(0, 4)).toCharArray()) {
            digits.append(Character.digit(c, 36));
        }
        return new BigInteger(digits.toString()).mod(CHECK).intValue() == 1;
    }

    private static boolean isCard(String run) {
        String digits = run.replaceAll("[ -]", "");
        if (!CARD_FORM.matcher(digits).matches()) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int doubled = 2 * digit;
            sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }

    private static int takePhones(StringBuilder text) {
        int found = 0;
        Matcher matcher = PHONE.matcher(text.toString());
        while (matcher.find()) {
            String run = matcher.group();
            String before = text.substring(Math.max(0, matcher.start() - LOOK_BACK), matcher.start());
            int digits = run.replaceAll("\\D", "").length();
            if (digits >= 9
                    && digits <= 15
                    && !DATE.matcher(run).matches()
                    && !NAMED.matcher(before).find()) {
                found++;
            }
        }
        return found;
    }
}
