package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataFinderTest {
    private static final PersonalDataFinder ALL = new PersonalDataFinder(EnumSet.allOf(PersonalData.class));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "write to jane.doe+x@mail.example.co.uk.|write to <EMAIL>.",
                "(a_b@c-d.org)|(<EMAIL>)",
                "<jane@example.com>, ok|<<EMAIL>>, ok",
                "IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF|IBAN <IBAN> BIC COBADEFF",
                "GB29NWBK60161331926819.|<IBAN>.",
                "NO93 8601 1117 947|<IBAN>",
                "card 4111 1111 1111 1111 exp 12/27|card <CREDIT_CARD> exp 12/27",
                "378282246310005|<CREDIT_CARD>",
                "5500-0000-0000-0004,|<CREDIT_CARD>,",
                "from 192.168.17.4:8080|from <IP_ADDRESS>:8080",
                "2001:0db8:85a3:0000:0000:8a2e:0370:7334|<IP_ADDRESS>",
                "at fe80::1.|at <IP_ADDRESS>.",
                "2001:db8::8a2e:370:7334 ok|<IP_ADDRESS> ok",
                "SSN 123-45-6789|SSN <NATIONAL_ID>",
                "Steuer-ID 86 095 742 719|Steuer-ID <NATIONAL_ID>",
                "IdNr. 47036892816|IdNr. <NATIONAL_ID>",
                "call +49 170 1234567 now|call <PHONE> now",
                "+1 (212) 555-0123|<PHONE>",
                "(212) 555-0123.|<PHONE>.",
                "212-555-0123|<PHONE>",
                "Tel. 030 / 12345678|Tel. <PHONE>",
                "0171-2345678|<PHONE>",
                "0044 20 7946 0958|<PHONE>",
                "a@b.de and a@b.de|<EMAIL> and <EMAIL>",
            })
    void personalData_isMasked(String text, String masked) {
        List<PersonalDataFinder.Span> spans = ALL.find(text);
        assertThat(PersonalDataFinder.mask(text, spans)).isEqualTo(masked);
        assertThat(ALL.find(masked)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@Override public void x()",
                "a @ b.com, @user, user@host, x@y.1",
                "DE88 3704 0044 0532 0130 00",
                "XX89 3704 0044 0532 0130 00",
                "4111 1111 1111 1112",
                "0000 0000 0000 0000",
                "order 4111111111111111222233",
                "3.14159265358979323846",
                "127.0.0.1 and 0.0.0.0 and 256.1.1.1 and 1.2.3.4.5",
                "std::vector a::b 12:30:45 2024-01-01T12:30:45",
                "cafe::babe x::1::2",
                "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000",
                "12345678901 11111111111 86095742718",
                "in 2024 there were 1,234,567,890 people",
                "2024-11-24 10:15:30 and 01/02/2024 and 24.11.2026",
                "1234567890",
                "ISBN 978-3-16-148410-0",
                "0.123456789 and 00012345678",
                "room 012 and code 007",
                "4 + 5 = 9, 12345678 - 87654321",
                "deadbeefdeadbeefdeadbeefdeadbeef",
            })
    void otherNumbers_areLeft(String text) {
        assertThat(ALL.find(text)).isEmpty();
    }

    @Test
    void kinds_notAskedFor_areLeft() {
        PersonalDataFinder finder = new PersonalDataFinder(Set.of(PersonalData.EMAIL));
        assertThat(finder.find("a@b.de 192.168.1.1"))
                .extracting(PersonalDataFinder.Span::kind)
                .containsExactly(PersonalData.EMAIL);
    }

    @Test
    void longRuns_takeLinearTime() {
        for (String part : List.of(
                "a", "a.", "1", "1 ", "a@", "a@b.", "1.", "DE12", "A1 ", "f:", "+1", "(0", "0 1", "-1", "4 4")) {
            // A pattern that goes back and forth over a megabyte would not come to an end.
            assertThat(ALL.find(part.repeat(1_000_000 / part.length()))).hasSizeLessThan(1_000_000);
        }
    }

    @Test
    void find_hundredsOfThousandsOfPlaces_takesNoSquareOfTheirNumber() {
        String text = "a@b.co ".repeat(500_000);
        PersonalDataFinder finder = new PersonalDataFinder(EnumSet.allOf(PersonalData.class));

        assertThat(assertTimeoutPreemptively(Duration.ofMinutes(2), () -> finder.find(text)))
                .hasSize(500_000);
    }
}
