package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A date, as far as a text gives it.
 *
 * @param words the words in the text
 * @param readings the possible readings; two for {@code 3/5/2026}
 * @param weekday 1 for Monday to 7 for Sunday, or 0
 */
record CalendarDate(String words, Set<Day> readings, int weekday) implements Claim {
    private static final Pattern ISO = Pattern.compile("(\\d{4})[-/.](\\d{1,2})(?:[-/.](\\d{1,2}))?(?:T.*)?");
    private static final Pattern NUMERIC = Pattern.compile("(\\d{1,2})([./-])(\\d{1,2})[./-](\\d{4}|\\d{2})");
    private static final Pattern YEAR = Pattern.compile("1[5-9]\\d{2}|2[01]\\d{2}");
    private static final Set<String> OF = Set.of("of", "de", "del", ",", "the", "di", "do");
    private static final Set<String> BEFORE_MONTH = Set.of(
            "in", "since", "until", "till", "by", "last", "next", "this", "during", "from", "of", "im", "seit", "bis",
            "en", "desde", "hasta", "de", "to", "and", "before", "after", "through", "late", "early", "mid");

    /**
     * The parts of a date; 0 for a missing one.
     *
     * @param year the year with its century
     * @param month the month from 1
     * @param day the day of the month
     */
    record Day(int year, int month, int day) {
        /** Whether another date gives all parts of this one. */
        boolean isSaidBy(Day other) {
            return (year == 0 || year == other.year)
                    && (month == 0 || month == other.month)
                    && (day == 0 || day == other.day);
        }
    }

    @Override
    public Fact fact() {
        return new Fact(Fact.Kind.DATE, words);
    }

    @Override
    public boolean standsIn(Reading passage) {
        if (weekday > 0) {
            return passage.dates().stream().anyMatch(other -> other.weekday == weekday);
        }
        boolean yearAlone = readings.stream().allMatch(each -> each.month == 0);
        return passage.dates().stream()
                        .flatMap(other -> other.readings.stream())
                        .anyMatch(other -> readings.stream().anyMatch(each -> each.isSaidBy(other)))
                || (yearAlone
                        && passage.quantities().stream()
                                .anyMatch(each -> each.bare()
                                        && readings.contains(
                                                new Day(each.value().intValue(), 0, 0))));
    }

    static List<CalendarDate> in(Text text, boolean passage) {
        List<CalendarDate> found = new ArrayList<>();
        for (int i = 0; i < text.tokens().size(); i++) {
            if (!text.isFree(i)) {
                continue;
            }
            CalendarDate date = numeric(text.at(i));
            int end = i + 1;
            if (date == null) {
                int[] read = spelled(text, i);
                end = read[0];
                date = end == i
                        ? weekday(text, i)
                        : new CalendarDate(text.between(i, end), Set.of(new Day(read[1], read[2], read[3])), 0);
                end = Math.max(end, i + 1);
            }
            if (date != null) {
                found.add(date);
                text.use(i, end);
                i = end - 1;
            }
        }
        if (!passage) {
            found.addAll(years(text));
        }
        return found;
    }

    private static @org.jspecify.annotations.Nullable CalendarDate numeric(Token token) {
        Matcher iso = ISO.matcher(token.text());
        if (token.is(Token.Kind.CODE) && iso.matches()) {
            int day = iso.group(3) == null ? 0 : Integer.parseInt(iso.group(3));
            return valid(token.text(), new Day(Integer.parseInt(iso.group(1)), Integer.parseInt(iso.group(2)), day));
        }
        Matcher matcher = NUMERIC.matcher(token.text());
        if (token.is(Token.Kind.NUMBER) || !matcher.matches()) {
            return null;
        }
        int one = Integer.parseInt(matcher.group(1));
        int two = Integer.parseInt(matcher.group(3));
        int year = Integer.parseInt(matcher.group(4));
        int full = year < 100 ? 2000 + year : year;
        return matcher.group(2).equals("/")
                ? valid(token.text(), new Day(full, two, one), new Day(full, one, two))
                : valid(token.text(), new Day(full, two, one));
    }

    private static @org.jspecify.annotations.Nullable CalendarDate valid(String words, Day... days) {
        Set<Day> readings = new LinkedHashSet<>();
        for (Day day : days) {
            if (day.month >= 1 && day.month <= 12 && day.day <= 31) {
                readings.add(day);
            }
        }
        return readings.isEmpty() ? null : new CalendarDate(words, readings, 0);
    }

    /**
     * Returns the end, year, month and day of a date with the month in letters; the end is the beginning if there is
     * none.
     */
    private static int[] spelled(Text text, int from) {
        int[] none = {from, 0, 0, 0};
        int at = from;
        int day = day(text, at);
        if (day > 0) {
            at++;
            while ((Set.of("st", "nd", "rd", "th", "o", "er")
                                    .contains(text.at(at).fold())
                            && text.at(at).close())
                    || OF.contains(text.at(at).fold())) {
                at++;
            }
        }
        int month = month(text, at, day > 0);
        if (month == 0) {
            return none;
        }
        at++;
        if (day == 0) {
            int skip = text.at(at).fold().equals("the") ? 1 : 0;
            day = day(text, at + skip);
            boolean unit = day > 0
                    && Lexicon.at(
                                            "unit",
                                            text.tokens(),
                                            Math.min(
                                                    at + skip + 1, text.tokens().size()))
                                    .length()
                            > 0;
            if (day > 0 && !unit) {
                at += skip + 1;
                if (Set.of("st", "nd", "rd", "th").contains(text.at(at).fold())
                        && text.at(at).close()) {
                    at++;
                }
            } else {
                day = 0;
            }
        }
        int year = at;
        while (OF.contains(text.at(year).fold())) {
            year++;
        }
        if (isYear(text, year)) {
            return new int[] {year + 1, Integer.parseInt(text.at(year).text()), month, day};
        }
        boolean sure = day > 0
                || !Lexicon.meanings("loose", text.at(from).fold()).contains("month")
                || (text.at(from).isCapitalised()
                        && BEFORE_MONTH.contains(text.at(from - 1).fold()));
        return sure ? new int[] {at, 0, month, day} : none;
    }

    private static int day(Text text, int at) {
        Token token = text.at(at);
        if (!text.isFree(at) || !token.is(Token.Kind.NUMBER) || !token.text().matches("\\d{1,2}")) {
            return 0;
        }
        int day = Integer.parseInt(token.text());
        return day <= 31 ? day : 0;
    }

    private static int month(Text text, int at, boolean withDay) {
        Token token = text.at(at);
        if (!text.isFree(at) || !token.isWord()) {
            return 0;
        }
        Set<String> months = Lexicon.meanings("month", token.fold());
        boolean written = token.isCapitalised()
                || withDay
                || (token.fold().length() > 3
                        && !Lexicon.meanings("loose", token.fold()).contains("month"));
        return months.isEmpty() || !written
                ? 0
                : Integer.parseInt(months.iterator().next());
    }

    private static boolean isYear(Text text, int at) {
        return text.isFree(at)
                && text.at(at).is(Token.Kind.NUMBER)
                && YEAR.matcher(text.at(at).text()).matches();
    }

    private static @org.jspecify.annotations.Nullable CalendarDate weekday(Text text, int at) {
        Token token = text.at(at);
        Set<String> days = token.isWord() ? Lexicon.meanings("weekday", token.fold()) : Set.of();
        boolean loose = Lexicon.meanings("loose", token.fold()).contains("weekday") && !token.isCapitalised();
        return days.isEmpty() || loose
                ? null
                : new CalendarDate(
                        token.text(), Set.of(), Integer.parseInt(days.iterator().next()));
    }

    /** Numbers of a statement that are no quantities and look like years. */
    private static List<CalendarDate> years(Text text) {
        List<CalendarDate> years = new ArrayList<>();
        for (int i = 0; i < text.tokens().size(); i++) {
            boolean counts = (i + 1 < text.tokens().size()
                            && Lexicon.at("unit", text.tokens(), i + 1).length() > 0)
                    || Lexicon.meanings("unit", text.at(i - 1).fold()).stream()
                            .anyMatch(each -> each.matches("[A-Z]{3}"))
                    || (text.at(i - 1).text().equals("-")
                            && text.at(i).close()
                            && text.at(i - 1).close());
            if (isYear(text, i) && !counts) {
                years.add(new CalendarDate(
                        text.at(i).text(),
                        Set.of(new Day(Integer.parseInt(text.at(i).text()), 0, 0)),
                        0));
                text.use(i, i + 1);
            }
        }
        return years;
    }
}
