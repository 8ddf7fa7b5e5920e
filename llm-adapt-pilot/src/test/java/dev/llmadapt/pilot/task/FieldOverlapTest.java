package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldOverlapTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"a\": \"x\", \"b\": 1}       | {\"b\": 1.0, \"a\": \" X \"}      | 1",
                "{\"a\": \"x\", \"b\": 1}       | {\"a\": \"x\", \"b\": 2}          | 0.5",
                "{\"a\": \"x\", \"b\": null}    | {\"a\": \"x\", \"b\": \"y\"}      | 0.6666667",
                "{\"l\": [\"p\", \"q\"]}        | {\"l\": [\"q\", \"p\"]}           | 1",
                "{\"l\": [\"p\", \"p\"]}        | {\"l\": [\"p\"]}                  | 0.6666667",
                "{\"o\": {\"x\": true}}         | {\"x\": true}                     | 0",
                "{\"a\": null}                  | {\"a\": null}                     | 1",
                "{\"a\": \"x\"}                 | {\"a\": \"x\"                     | 0",
                "{\"a\": \"x\"}                 | no JSON at all                    | 0",
            })
    void score_fields_isTheirF1(String expected, String actual, double worth) {
        assertThat(new FieldOverlap().score(expected, actual)).isCloseTo(worth, Offset.offset(1e-6));
    }
}
