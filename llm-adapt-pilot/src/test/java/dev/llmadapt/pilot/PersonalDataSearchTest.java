package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.results.PersonalData;
import java.util.List;
import org.junit.jupiter.api.Test;

class PersonalDataSearchTest {
    @Test
    void in_emails_areFound() {
        for (String text : List.of(
                "write to jane.doe@example.org, please",
                "<jane+news@mail.example.co.uk>",
                "mailto:j_d@example.com.",
                "Größe an jürgen@beispiel.de")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(new PersonalData(1, 0, 0, 0));
        }
        for (String text : List.of("@handle", "3 @ 4.50", "user@localhost", "a@b", "meet @ noon.today")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(PersonalData.NONE);
        }
    }

    @Test
    void in_phones_areFoundAsTheyAreWritten() {
        for (String text : List.of(
                "call +44 20 7946 0958",
                "+49 (0)30 901820-15",
                "0044 161 496 0000",
                "my number is 07700 900123.",
                "(555) 010-0199",
                "(212) 555-0199 after six",
                "555-010-0199",
                "0161/496-0000")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(new PersonalData(0, 1, 0, 0));
        }
    }

    @Test
    void in_otherNumbers_areNoPhones() {
        for (String text : List.of(
                "order 4839201756",
                "order number 0483920175",
                "Order no. 0483 920 175",
                "ref: 0077009001",
                "ticket #07700900123",
                "invoice 2024-000123-4567",
                "on 01.02.2024 at 10",
                "it was 03/04/2025 2024",
                "2024-05-01 10:30",
                "0.123456789 of it",
                "192.168.10.200",
                "1,000,000,000",
                "8 digits 07700900",
                "version 1.2.3-456")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(PersonalData.NONE);
        }
    }

    @Test
    void in_ibans_haveRightCheckDigits() {
        for (String text : List.of(
                "GB82 WEST 1234 5698 7654 32",
                "pay to DE89370400440532013000 please and thanks",
                "de89 3704 0044 0532 0130 00",
                "NL91ABNA0417164300, today",
                "GB82 WEST 1234 5698 7654 32 IS MINE")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(new PersonalData(0, 0, 1, 0));
        }
        for (String text : List.of("GB83 WEST 1234 5698 7654 32", "DE88370400440532013000", "AB12")) {
            assertThat(PersonalDataSearch.in(text).ibans()).as(text).isZero();
        }
    }

    @Test
    void in_cards_haveARightCheckDigitAndLength() {
        for (String text : List.of(
                "4111 1111 1111 1111", "card 5555-5555-5555-4444 is lost", "378282246310005", "6011111111111117")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(new PersonalData(0, 0, 0, 1));
        }
        for (String text : List.of("4111 1111 1111 1112", "order 1234567890123456", "9111111111111111")) {
            assertThat(PersonalDataSearch.in(text)).as(text).isEqualTo(PersonalData.NONE);
        }
    }

    @Test
    void in_several_areCountedOnceEach() {
        PersonalData found = PersonalDataSearch.in("I am jane@example.org (+44 20 7946 0958), card 4111111111111111,"
                + " IBAN GB82WEST12345698765432, order 4839201756; also +44 20 7946 0959.");
        assertThat(found).isEqualTo(new PersonalData(1, 2, 1, 1));
        assertThat(found.total()).isEqualTo(5);
        assertThat(found.plus(found).beyond(found)).isEqualTo(found);
        assertThat(PersonalData.NONE.beyond(found)).isEqualTo(PersonalData.NONE);
    }

    @Test
    void in_longRuns_takeNoLongTime() {
        assertThat(PersonalDataSearch.in("a".repeat(100_000) + "@")).isEqualTo(PersonalData.NONE);
        assertThat(PersonalDataSearch.in("1 ".repeat(50_000)).total()).isZero();
        assertThat(PersonalDataSearch.in("AB12 ".repeat(20_000)).emails()).isZero();
    }
}
