package dev.llmadapt.rag.factcheck;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statements beside passages: what stands there in another spelling, and what only looks as if it did. */
final class SupportCheckTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # numbers and units
            You have 18 days.                             | Returns are taken for eighteen days.
            You have eighteen days.                       | The time is 18 days.
            It costs 1,500 euros.                         | The price is 1500 euros.
            It costs €1,500.                              | The price is 1 500 euros.
            It costs 1500 euros.                          | Der Preis ist 1.500 Euro und wird mit der Karte gezahlt.
            It costs 7.50 euros.                          | Das Rad kostet 7,50 € und ist mit der Karte zu zahlen.
            It costs 7 euros per hour.                    | Tandem: €7 an hour.
            It costs 7 euros per hour.                    | Price per hour (EUR): 7
            The fee is 2.5%.                              | A fee of 2.5 per cent applies.
            The fee is 2,5 Prozent.                       | Die Gebühr ist 2,5 % für die Karte.
            It takes 5 to 8 working days.                 | Allow five to eight working days.
            It takes eight working days.                  | Allow five to eight working days.
            It takes 5 days.                              | It takes 5–8 days.
            A trial of 14 days is included.               | A 14-day trial is included.
            It weighs 5 kilograms.                        | It weighs 5kg.
            The area is 20 square metres.                 | The area is 20 m².
            A dozen eggs.                                 | 12 eggs.
            Two and a half hours.                         | It lasts 2.5 hours.
            Two hundred and fifty grams.                  | 250 g
            The budget is $1.5 million.                   | The budget is $1,500,000.
            It takes half an hour.                        | It takes ½ hour.
            It takes 1 hour.                              | It takes an hour.
            Es dauert einundzwanzig Tage.                 | Es dauert 21 Tage.
            Cuesta treinta y cinco euros.                 | Cuesta 35 euros.
            At most 5 days.                               | No more than 5 days.
            It is the 11th floor.                         | It is the eleventh floor.
            It costs ١٨ euros.                            | It costs 18 euros.
            The temperature is -5 °C.                     | The temperature is minus 5 degrees Celsius.
            # dates and times
            It opens on 3 May 2026.                       | It opens on May 3, 2026.
            It opens on May 3rd.                          | It opens on 2026-05-03.
            It opens on 3 May 2026.                       | Es öffnet am 3. Mai 2026.
            El 3 de mayo de 2026.                    | It opens on 03.05.2026.
            It opens in May 2026.                         | It opens on 3 May 2026.
            It was founded in 1998.                       | Founded on 4 June 1998.
            It closes at 3 pm.                            | It closes at 15:00.
            It closes at 15:30.                           | It closes at 3:30 p.m.
            Es schließt um 15 Uhr.                        | It closes at 3 pm.
            It closes at noon.                            | It closes at 12:00.
            It is closed on Mondays.                      | Closed: Monday.
            # names, codes
            José Muller wrote it.                         | It was written by Jose Müller.
            Mueller wrote it.                             | It was written by Müller.
            Anna Smith wrote it.                          | Written by Smith, Anna.
            Orders from the UK ship.                      | Orders from the United Kingdom ship.
            Foxes run.                                    | A fox runs.
            Write to Help@example.com.                    | Write to help@example.com!
            See https://www.example.org/a/.               | See example.org/a for more.
            Use code AB-113.                              | Use code ab113.
            Tap "Not arrived".                            | Tap Card > Not arrived.
            # negation
            It is not refundable.                         | It isn't refundable.
            It is not refundable.                         | It is non-refundable.
            It is unavailable.                            | It is not available.
            It is free.                                   | It comes without charge.
            You cannot cancel.                            | You can't cancel.
            No more than 5 days.                          | At most 5 days.
            # tried afterwards
            The excess is £250 per claim.                 | Excess: £250 for each claim.
            Orders placed after 4 pm count from the next working day. | Orders placed after 4 pm, or at a weekend, are counted from the next working day.
            It normally reaches you within three working days in the UK. | A replacement card normally reaches you within three working days in the UK and within five working days in Ireland.
            Call 0800 123 456.                            | Call 0800 123 456.
            Am 1. April 2024 begann es.                   | Es begann am 01.04.2024.
            Payment isn’t possible.                       | Payment is not possible.
            It costs twenty dollars.                      | It costs $20.
            He was born on 12/31/1999.                    | He was born on 31 December 1999.
            Łódź is big.                                  | Lodz is big.
            The answer is 42.                             | It is 42.
            It is free.                                   | The first card is free, a fee is taken later.
            """)
    void facts_otherSpelling_stand(String statement, String passage) {
        assertThat(SupportCheck.facts(statement, passage).missing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # numbers and units
            You have 18 days.                             | You have 18 hours.
            You have 18 days.                             | Rule 18. Refunds take 5 days.
            You have 18 days.                             | Section 18 lists the days when the shop is closed.
            You have 18 days.                             | You have 180 days.
            You have 18 days.                             | You have 1.8 days.
            You have 18 days.                             | You have 18 working days.
            It costs 1,500 metres.                        | It is 1.5 metres.
            It costs 10 euros.                            | It costs 10 dollars.
            It costs €10.                                 | It costs £10.
            It costs 10 euros.                            | It costs 10 cents.
            It costs 7 euros per day.                     | It costs 7 euros per hour.
            A tandem costs 10 euros per hour.             | A city bike costs 10 euros per hour, a tandem 7 euros per hour.
            A tandem costs 10 euros.                      | City bike: 10 euros; tandem: 7 euros.
            It is 2.5%.                                   | It is 2.5 percentage points.
            It is 25%.                                    | It is 2.5%.
            The dose is 100 milligrams.                   | The dose is 100 micrograms.
            The dose is 100 mg.                           | The excess is 100 pounds.
            At least 5 days.                              | At most 5 days.
            5 days before the start.                      | 5 days after the start.
            It takes 12 months.                           | It takes 60 days. There are 12 of them.
            There are 18 bikes.                           | It is open for 18 hours.
            It is the 11th floor.                         | There are 11 floors.
            It weighs 5 kg.                               | It weighs 5 lb.
            Es dauert 21 Tage.                            | Es dauert zwölf Tage.
            It costs 1.5 million euros.                   | It costs 1.5 euros.
            The temperature is -5 °C.                     | The temperature is 5 °C.
            It takes two hours.                           | It takes hours.
            # dates and times
            It opens on 3 May 2026.                       | It opens on 4 May 2026.
            It opens on 3 May 2026.                       | It opens in May 2026.
            It opens on 3 May 2026.                       | It opens on 3 May 2025.
            It opens on 5 March 2026.                     | Es öffnet am 03.05.2026.
            It was founded in 1998.                       | It was founded in 1989.
            It was founded in 1998.                       | It costs 1998 euros.
            It closes at 3 pm.                            | It closes at 3 am.
            It closes at 9 pm.                            | It opens at 9:00.
            It is closed on Mondays.                      | It is closed on Tuesdays.
            # names, codes
            The President of France lives there.          | Prices of the year 2026.
            Anna Smith wrote it.                          | Written by Anna Jones, printed by Peter Smith.
            It is sold in Galway.                         | It is sold in Ireland.
            Paris is large.                               | The capital is large.
            Write to help@example.com.                    | Write to help@example.com.evil.org.
            See example.org/a.                            | See example.org/b.
            Use code AB-113.                              | Use code AB-131.
            Tap "Not arrived".                            | Tap Card if it has not yet arrived.
            Es kostet eine Gebühr.                        | It is not free.
            Это стоит денег.                              | It costs money.
            # negation
            You can cancel.                               | You cannot cancel.
            You cannot cancel.                            | You can cancel.
            Batteries are included.                       | Batteries aren't included.
            Batteries are included.                       | It comes without batteries.
            Batteries are sold.                           | Batteries are no longer sold.
            Tickets are never refunded.                   | Tickets are refunded.
            It is available.                              | It is unavailable.
            It is refundable.                             | It is non-refundable.
            Cancel before the start.                      | Cancel after the start.
            Dogs are allowed.                             | Dogs are forbidden.
            Die Karte ist erstattbar.                     | Die Karte ist nicht erstattbar.
            Se puede cancelar.                            | No se puede cancelar.
            On peut annuler.                              | On ne peut pas annuler.
            # tried afterwards
            The excess is £250 per claim.                 | Excess: £350 for each claim.
            It normally reaches you within five working days in the UK. | A replacement card normally reaches you within three working days in the UK and within five working days in Ireland.
            The limit is 2.50 litres.                     | The limit is 25 litres.
            The limit is 1 million euros.                 | The limit is 1 thousand euros.
            Refunds take 3 weeks.                         | Refunds take 3 months.
            Call 0800 123 456.                            | Call 0800 123 457.
            The IBAN is DE89370400440532013000.           | The IBAN is DE89370400440532013001.
            Version 1.2.3 is needed.                      | Version 1.2.4 is needed.
            It opens at 9:30.                             | It opens at 9:00.
            It is open 9–5.                               | It is open 9–6.
            In March 2024 it rose.                        | In May 2024 it rose.
            Marie Curie discovered it.                    | Pierre Curie discovered it.
            There is no limit.                            | There is a limit.
            Nobody may enter.                             | Everybody may enter.
            It works with neither card.                   | It works with either card.
            Payment isn’t possible.                       | Payment is possible.
            Der Betrag ist 1.500 Euro.                    | Der Betrag ist 1,5 Euro.
            Cuesta veinte euros.                          | Cuesta treinta euros.
            Les chiens sont admis.                        | Les chiens ne sont pas admis.
            The fee was dropped to 0%.                    | The fee was dropped to 10%.
            A third of users pay.                         | A quarter of users pay.
            It takes 30 minutes.                          | It takes 30 seconds.
            It costs twenty dollars.                      | It costs $30.
            He was born on 12/31/1999.                    | He was born on 31 December 1998.
            Łódź is big.                                  | Lublin is big.
            It holds 5 MB.                                | It holds 5 GB.
            Up to five people.                            | More than five people.
            Ten of twelve passed.                         | Nine of twelve passed.
            You must not cancel.                          | You must cancel.
            Cancellation is possible without a fee.       | Cancellation is possible with a fee.
            The minimum stay is 3 nights.                 | The maximum stay is 3 nights.
            The latest check-in is at 9 am.               | The earliest check-in is at 9 am.
            它需要十八天。                                       | It takes 18 hours.
            """)
    void facts_otherMeaning_areMissing(String statement, String passage) {
        assertThat(SupportCheck.facts(statement, passage).hasFacts()).isFalse();
    }

    @Test
    void facts_ofTwoPassages_standInNeither() {
        String merged = "A tandem costs 7 euros and the deposit is 50 euros.";

        assertThat(SupportCheck.facts(merged, "A tandem costs 7 euros.").missing())
                .extracting(Fact::text)
                .containsExactly("50 euros");
        assertThat(SupportCheck.facts(merged, "The deposit is 50 euros.").missing())
                .extracting(Fact::text)
                .containsExactly("7 euros");
    }

    @Test
    void facts_wholeSentence_standsInItsPassage() {
        String passage =
                "A tandem costs 7 euros. A tandem with a child seat costs 9 euros. It is not true that dogs are allowed.";

        assertThat(SupportCheck.facts("A tandem costs 7 euros.", passage).missing())
                .isEmpty();
        assertThat(SupportCheck.facts("Dogs are allowed.", passage).hasFacts()).isFalse();
    }

    @Test
    void facts_result_saysWhatWasLookedFor() {
        Support support = SupportCheck.of(
                "Ann Lee pays 18 euros on 3 May at 10:00.", "Ann Lee pays 18 euros on 4 May at 10:00.", 0.9, 0.5);

        assertThat(support.standing())
                .containsExactlyInAnyOrder(
                        new Fact(Fact.Kind.TIME, "10:00"),
                        new Fact(Fact.Kind.QUANTITY, "18 euros"),
                        new Fact(Fact.Kind.NAME, "Ann Lee"));
        assertThat(support.missing()).containsExactly(new Fact(Fact.Kind.DATE, "3 May"));
        assertThat(support.isSupported()).isFalse();
        assertThat(support.reason()).isEqualTo("not there: 3 May");
    }

    @Test
    void of_similarity_isAskedForToo() {
        assertThat(SupportCheck.of("Cats purr.", "Cats purr.", 0.5, 0.4).isSupported())
                .isTrue();
        assertThat(SupportCheck.of("Cats purr.", "Cats purr.", 0.3, 0.4).isSupported())
                .isFalse();
    }

    @Test
    void facts_anyText_isRead() {
        for (String hostile : new String[] {
            "",
            " ",
            "\u0000",
            "½",
            "1,,2..3",
            "99999999999999999999999999999",
            "12/",
            "/5",
            "-",
            "((((",
            "\uD83D\uDE00",
            "1-2-3-4-5",
            "2026-99-99",
            "31.31.31",
            "25:99",
            "$",
            "per",
            "a",
            "0",
            "the the the",
            "1/0",
            "0/5",
            "\uD800",
            "1'2'3",
            "n't",
            "'",
            "5-"
        }) {
            assertThat(SupportCheck.facts(hostile, hostile).missing())
                    .as("'" + hostile + "' in itself")
                    .isEmpty();
            SupportCheck.facts(hostile, "Some text.");
            SupportCheck.facts("Some 5 days on 3 May.", hostile);
        }
    }
}
