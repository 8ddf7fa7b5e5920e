package dev.llmadapt.peft.data;

import java.util.HashMap;
import java.util.Map;

/** Numbers that prove themselves. */
final class CheckDigits {
    /** Country and length, from the IBAN registry of SWIFT. */
    private static final String IBAN_LENGTHS =
            "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18"
                    + "DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32"
                    + "LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31"
                    + "SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    private static final Map<String, Integer> LENGTHS = new HashMap<>();

    static {
        for (int i = 0; i < IBAN_LENGTHS.length(); i += 4) {
            LENGTHS.put(IBAN_LENGTHS.substring(i, i + 2), Integer.valueOf(IBAN_LENGTHS.substring(i + 2, i + 4)));
        }
    }

    private CheckDigits() {}

    /** How many characters of the text, blanks included, are an IBAN (ISO 13616: MOD 97-10 is 1), or 0. */
    static int ibanLength(String text) {
        int length = LENGTHS.getOrDefault(text.substring(0, 2), 0);
        StringBuilder compact = new StringBuilder();
        int end = 0;
        while (end < text.length() && compact.length() < length) {
            char c = text.charAt(end++);
            if (c != ' ') {
                compact.append(c);
            }
        }
        if (length == 0 || compact.length() < length) {
            return 0;
        }
        int remainder = 0;
        for (int i = 0; i < length; i++) {
            char c = compact.charAt((i + 4) % length);
            int value = Character.digit(c, 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1 ? end : 0;
    }

    /** ISO/IEC 7812: 13 to 19 digits, those at every second place from the right doubled; not all the same. */
    static boolean luhn(String text) {
        String digits = digits(text);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int twice = 2 * digit;
            sum += i % 2 == 0 ? digit : twice > 9 ? twice - 9 : twice;
        }
        return digits.length() >= 13
                && digits.length() <= 19
                && sum % 10 == 0
                && digits.chars().distinct().count() > 1;
    }

    /**
     * ISO/IEC 7064 MOD 11,10 over 11 digits; among the first ten, one digit stands twice or three times, the rest once.
     */
    static boolean germanTaxId(String text) {
        String digits = digits(text);
        if (digits.length() != 11) {
            return false;
        }
        int[] counts = new int[10];
        int product = 10;
        for (int i = 0; i < 10; i++) {
            int digit = digits.charAt(i) - '0';
            counts[digit]++;
            int sum = (digit + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        int repeated = 0;
        for (int count : counts) {
            if (count > 3) {
                return false;
            }
            repeated += count > 1 ? 1 : 0;
        }
        return repeated == 1 && (11 - product) % 10 == digits.charAt(10) - '0';
    }

    /**
     * RFC 4291: eight groups, or fewer with one {@code ::}. Of the shortened ones, at least three groups, or a digit in
     * them: {@code a::b} is more often a name in a program.
     */
    static boolean ipv6(String text) {
        int gap = text.indexOf("::");
        String[] groups = text.split(":", -1);
        int empty = 0;
        boolean digit = false;
        for (String group : groups) {
            empty += group.isEmpty() ? 1 : 0;
            digit |= group.chars().anyMatch(c -> c >= '0' && c <= '9');
        }
        if (gap < 0) {
            return groups.length == 8 && empty == 0;
        }
        boolean one = text.indexOf("::", gap + 1) < 0 && empty == (text.endsWith("::") ? 2 : 1);
        int given = groups.length - empty;
        return one && given <= 7 && (given >= 3 || digit);
    }

    private static String digits(String text) {
        StringBuilder digits = new StringBuilder();
        text.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> digits.append((char) c));
        return digits.toString();
    }
}
