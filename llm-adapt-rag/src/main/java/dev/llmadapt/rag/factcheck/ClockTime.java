package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time of day.
 *
 * @param words the words in the text
 * @param minutes the possible minutes since midnight; two if a statement does not tell morning from evening
 */
record ClockTime(String words, Set<Integer> minutes) implements Claim {
    private static final Pattern CLOCK = Pattern.compile("(?:.*T)?(\\d{1,2}):(\\d{2})(?::\\d{2})?.*");
    private static final Pattern HOUR = Pattern.compile("(\\d{1,2})(?:[.:](\\d{2}))?");
    private static final int DAY = 24 * 60;

    @Override
    public Fact fact() {
        return new Fact(Fact.Kind.TIME, words);
    }

    @Override
    public boolean standsIn(Reading passage) {
        return passage.times().stream().anyMatch(other -> other.minutes.stream().anyMatch(minutes::contains));
    }

    static List<ClockTime> in(Text text, boolean passage) {
        List<ClockTime> found = new ArrayList<>();
        for (int i = 0; i < text.tokens().size(); i++) {
            Token token = text.at(i);
            if (!text.isFree(i) && !token.text().contains("T")) {
                continue;
            }
            Set<String> named = token.isWord() ? Lexicon.meanings("time", token.fold()) : Set.of();
            Matcher clock = CLOCK.matcher(token.text());
            int end = i + 1;
            Set<Integer> minutes = new LinkedHashSet<>();
            if (!named.isEmpty()) {
                minutes.add(Integer.parseInt(named.iterator().next()));
            } else if (token.is(Token.Kind.CODE) && clock.matches()) {
                end = add(
                        text,
                        i + 1,
                        Integer.parseInt(clock.group(1)),
                        Integer.parseInt(clock.group(2)),
                        passage,
                        minutes);
            } else {
                Matcher hour = HOUR.matcher(token.text());
                String next = text.at(i + 1).fold();
                boolean told = next.equals("am")
                        || next.equals("pm")
                        || next.equals("uhr")
                        || (next.equals("o") && text.at(i + 2).fold().equals("clock"))
                        || next.equals("oclock");
                if (token.is(Token.Kind.NUMBER) && told && hour.matches()) {
                    int past = hour.group(2) == null ? 0 : Integer.parseInt(hour.group(2));
                    end = add(text, i + 1, Integer.parseInt(hour.group(1)), past, passage, minutes);
                }
            }
            minutes.removeIf(each -> each >= DAY || each < 0);
            if (!minutes.isEmpty()) {
                found.add(new ClockTime(text.between(i, end), minutes));
                text.use(i, end);
                i = end - 1;
            }
        }
        return found;
    }

    /** Adds the time of an hour and minutes with the words that follow them; returns the token after these. */
    private static int add(Text text, int next, int hour, int past, boolean passage, Set<Integer> minutes) {
        String told = text.at(next).fold();
        if (told.equals("am") || told.equals("pm")) {
            minutes.add((hour % 12 + (told.equals("pm") ? 12 : 0)) * 60 + past);
            return next + 1;
        }
        minutes.add(hour * 60 + past);
        if (!passage && hour <= 12 && !told.equals("uhr")) {
            minutes.add((hour % 12) * 60 + past);
            minutes.add((hour % 12 + 12) * 60 + past);
        }
        return told.equals("uhr") || told.equals("oclock") ? next + 1 : next;
    }
}
