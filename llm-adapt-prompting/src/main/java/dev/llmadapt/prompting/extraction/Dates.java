package dev.llmadapt.prompting.extraction;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates as people write them in digits or with English months, read as ISO 8601. */
final class Dates {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final String MONTH =
            "(?:January|February|March|April|May|June|July|August|September|October|November"
                    + "|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\\b\\.?";
    private static final String DAY = "[0-9]{1,2}(?:st|nd|rd|th)?";

    /** The forms of a date, without groups that capture. */
    static final String WRITTEN = "(?<![\\p{L}\\p{N}])(?i:[0-9]{4}-[0-9]{2}-[0-9]{2}"
            + "|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})"
            + "|" + DAY + "(?: of)? " + MONTH + ",? [0-9]{4}"
            + "|" + MONTH + " " + DAY + ",? [0-9]{4})(?![\\p{L}\\p{N}])";

    private static final Pattern DIGITS = Pattern.compile("([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{2,4})");
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+");
    private static final Pattern LETTERS = Pattern.compile("\\p{L}{3,}");

    private Dates() {}

    /**
     * Reads a date in ISO 8601.
     *
     * @param monthFirst whether 3/4/2026 is in March
     */
    static Optional<String> iso(String text, boolean monthFirst) {
        try {
            Matcher digits = DIGITS.matcher(text);
            if (digits.matches()) {
                int first = Integer.parseInt(digits.group(1));
                int second = Integer.parseInt(digits.group(2));
                int year = Integer.parseInt(digits.group(3));
                boolean american = second > 12 || (monthFirst && first <= 12);
                return Optional.of(
                        date(year < 100 ? 2000 + year : year, american ? first : second, american ? second : first));
            }
            List<Integer> numbers = NUMBERS.matcher(text)
                    .results()
                    .map(result -> Integer.parseInt(result.group()))
                    .toList();
            if (numbers.size() == 3) {
                return Optional.of(date(numbers.get(0), numbers.get(1), numbers.get(2)));
            }
            int month = LETTERS.matcher(text)
                    .results()
                    .mapToInt(
                            word -> MONTHS.indexOf(word.group().substring(0, 3).toLowerCase(Locale.ROOT)) + 1)
                    .max()
                    .orElse(0);
            return numbers.size() != 2 ? Optional.empty() : Optional.of(date(numbers.get(1), month, numbers.get(0)));
        } catch (DateTimeException | NumberFormatException e) { // such as the 31st of February
            return Optional.empty();
        }
    }

    private static String date(int year, int month, int day) {
        return LocalDate.of(year, month, day).toString();
    }
}
