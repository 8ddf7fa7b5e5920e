package dev.llmadapt.rag.support;

import java.util.ArrayList;
import java.util.List;

/**
 * What a text claims, by kind.
 *
 * @param text its tokens
 * @param verbatim quotations and codes
 * @param dates of the calendar
 * @param times of day
 * @param quantities numbers
 * @param names proper nouns; none of a passage, where any word may be one
 */
record Reading(
        Text text,
        List<Verbatim> verbatim,
        List<CalendarDate> dates,
        List<ClockTime> times,
        List<Quantity> quantities,
        List<Name> names) {
    static Reading ofStatement(String words) {
        return of(words, false);
    }

    static Reading ofPassage(String words) {
        return of(words, true);
    }

    /** Kind after kind: a token that is a date is no number any more, and a code is what is nothing else. */
    private static Reading of(String words, boolean passage) {
        Text text = Text.of(words);
        List<CalendarDate> dates = CalendarDate.in(text, passage);
        List<ClockTime> times = ClockTime.in(text, passage);
        List<Quantity> quantities = Quantity.in(text, passage);
        List<Verbatim> verbatim = Verbatim.in(text);
        return new Reading(text, verbatim, dates, times, quantities, passage ? List.of() : Name.in(text));
    }

    List<Claim> claims() {
        List<Claim> claims = new ArrayList<>();
        claims.addAll(verbatim);
        claims.addAll(dates);
        claims.addAll(times);
        claims.addAll(quantities);
        claims.addAll(names);
        return claims;
    }
}
