package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.List;

/**
 * The reading of a text: its claims, by kind.
 *
 * @param text the text in tokens
 * @param verbatim the quotations and codes
 * @param dates the dates
 * @param times the times of day
 * @param quantities the quantities
 * @param names the proper nouns; none for a passage, where any word may be one
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

    /** Reads kind after kind: a token that is a date is no number any more, and a code is nothing else. */
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
