package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordAnswersTest {
    enum Currency {
        EUR,
        USD {
            @Override
            public String toString() {
                return "dollars";
            }
        }
    }

    record Line(String text, BigDecimal price, int count) {}

    record Invoice(
            String number, LocalDate date, Currency currency, List<Line> lines, Optional<String> note, boolean paid) {}

    record Everything(
            String text,
            boolean truth,
            byte small,
            Short shorter,
            int whole,
            Long longer,
            BigInteger big,
            float single,
            Double twice,
            BigDecimal decimal,
            LocalDate date,
            LocalTime time,
            OffsetDateTime moment,
            UUID id,
            URI address,
            Currency currency,
            Line line,
            List<List<Integer>> table,
            Set<Currency> set,
            Map<String, Line> lines,
            Optional<Line> maybe,
            Optional<List<String>> list) {}

    record Tree(String name, List<Tree> children) {}

    record Page<T>(List<T> items, Optional<Page<T>> next) {}

    record Pages(Page<Line> lines, Page<Integer> numbers, Line best) {}

    record Empty() {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("value must be positive, value: " + value);
            }
        }
    }

    private static final String LINE = "{\"type\": \"object\", \"properties\": {\"text\": {\"type\": \"string\"}, "
            + "\"price\": {\"type\": \"number\"}, \"count\": {\"type\": \"integer\", \"minimum\": -2147483648, "
            + "\"maximum\": 2147483647}}, \"required\": [\"text\", \"price\", \"count\"], "
            + "\"additionalProperties\": false}";

    @Test
    void of_record_hasItsComponentsInTheirOrder() {
        assertThat(JsonSchema.of(Invoice.class).text())
                .isEqualTo("{\"type\": \"object\", \"properties\": {\"number\": {\"type\": \"string\"}, "
                        + "\"date\": {\"type\": \"string\", \"format\": \"date\"}, "
                        + "\"currency\": {\"type\": \"string\", \"enum\": [\"EUR\", \"USD\"]}, "
                        + "\"lines\": {\"type\": \"array\", \"items\": " + LINE + "}, "
                        + "\"note\": {\"type\": \"string\"}, \"paid\": {\"type\": \"boolean\"}}, "
                        + "\"required\": [\"number\", \"date\", \"currency\", \"lines\", \"paid\"], "
                        + "\"additionalProperties\": false}");
        assertThat(JsonSchema.of(Empty.class).text())
                .isEqualTo("{\"type\": \"object\", \"properties\": {}, \"additionalProperties\": false}");
    }

    @Test
    void of_recordsThatRecur_areDefinedOnce() {
        assertThat(JsonSchema.of(Tree.class).text())
                .isEqualTo("{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}, "
                        + "\"children\": {\"type\": \"array\", \"items\": {\"$ref\": \"#\"}}}, "
                        + "\"required\": [\"name\", \"children\"], \"additionalProperties\": false}");
        assertThat(JsonSchema.of(Pages.class).text())
                .startsWith("{\"type\": \"object\", \"properties\": {\"lines\": {\"$ref\": \"#/$defs/Page\"}, "
                        + "\"numbers\": {\"$ref\": \"#/$defs/Page2\"}, \"best\": {\"$ref\": \"#/$defs/Line\"}}")
                .contains(
                        "\"$defs\": {\"Page\": {\"type\": \"object\", \"properties\": {\"items\": {\"type\": \"array\","
                                + " \"items\": {\"$ref\": \"#/$defs/Line\"}}, \"next\": {\"$ref\": \"#/$defs/Page\"}}, "
                                + "\"required\": [\"items\"], \"additionalProperties\": false}, \"Page2\": ")
                .endsWith("\"Line\": " + LINE + "}}");
    }

    record WithObject(Line line, List<Map<String, Object>> values) {}

    record WithArray(int[] values) {}

    record WithRaw(@SuppressWarnings("rawtypes") List values) {}

    record WithWildcard(List<? extends Number> values) {}

    record WithOptionals(List<Optional<String>> values) {}

    record WithKeys(Map<Integer, String> values) {}

    record Endless(Optional<String> text, Middle middle) {}

    record Middle(Endless outer) {}

    record Growing<T>(Optional<Growing<List<T>>> next) {}

    record Grown(Growing<String> growing) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WithObject | component 'values[]{}': the type java.lang.Object has no form in JSON; allowed are String, |",
                "WithArray | component 'values': the type int[] has no form in JSON; | ; take a List for an array",
                "WithRaw | component 'values': the type java.util.List has no form | say of what it is, as in List<...>",
                "WithWildcard | component 'values[]': the type ? extends java.lang.Number has no form |",
                "WithOptionals | component 'values[]': the type java.util.Optional<java.lang.String> has no form |",
                "WithKeys | component 'values': the type java.util.Map<java.lang.Integer, java.lang.String> has no form |",
                "Endless | a Endless always has another one in it, without an end; make a component of it an Optional |",
                "Grown | more than 200 records within each other |",
                "Page | Page has the type parameters [T], which are not known here | List<Page<String>>"
            })
    void of_typeWithoutAForm_isRefusedByName(String name, String why, @Nullable String more)
            throws ClassNotFoundException {
        Class<? extends Record> type =
                Class.forName(RecordAnswersTest.class.getName() + "$" + name).asSubclass(Record.class);
        assertThatThrownBy(() -> JsonSchema.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("record " + type.getName())
                .hasMessageContaining(why)
                .hasMessageContaining(more == null ? "" : more);
    }

    @Test
    void read_writtenRecord_isEqual() {
        for (long seed = 0; seed < 300; seed++) {
            RandomRecords random = new RandomRecords(new Random(seed));
            for (Record value : List.of(random.everything(), random.tree(0), random.pages(), new Empty())) {
                String text = json(RecordValues.write(value), random.random);
                assertThat(RecordValues.read(text, value.getClass()))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void as_answer_isTheRecord() {
        Invoice read = answer("{\"paid\":true,\"lines\":[{\"text\":\"a\\u00e9\",\"price\":1.50,\"count\":2.0}], "
                        + "\"currency\":\"USD\",\"date\":\"2024-02-29\",\"number\":\"n\",\"note\":null}")
                .as(Invoice.class);
        assertThat(read)
                .isEqualTo(new Invoice(
                        "n",
                        LocalDate.of(2024, 2, 29),
                        Currency.USD,
                        List.of(new Line("aé", new BigDecimal("1.50"), 2)),
                        Optional.empty(),
                        true));
        assertThatThrownBy(() -> read.lines().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    record Numbers(Optional<Byte> small, Optional<Float> single, Optional<Double> twice, Optional<BigInteger> big) {}

    record Texts(
            Optional<LocalDate> date,
            Optional<OffsetDateTime> moment,
            Optional<UUID> id,
            Optional<URI> address,
            Optional<Set<Currency>> set,
            Optional<Positive> positive) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Line | {\"text\": \"a\", \"price\": 1} | answer must have 'count', which the record Line needs",
                "Line | {\"text\": null, \"price\": 1, \"count\": 1} | answer.text must be a text, got null",
                "Line | {\"text\": \"a\", \"price\": 1, \"count\": 1, \"x\": 1} | answer has 'x', which the record Line"
                        + " does not have; known: [text, price, count]",
                "Line | {\"text\": \"a\", \"price\": 1, \"count\": 1, \"count\": 1} | a name that is not in the object",
                "Line | {\"text\": \"a\", \"price\": \"1\", \"count\": 1} | answer.price must be a number, got \"1\"",
                "Line | {\"text\": \"a\", \"price\": 1, \"count\": 1.5} | whole number from -2147483648 to 2147483647,"
                        + " got 1.5",
                "Line | {\"text\": \"a\", \"price\": 1, \"count\": 2147483648} | got 2147483648",
                "Line | {\"text\": \"a\", \"price\": 1, \"count\": 1e2147483647} | answer.count must be a whole number",
                "Line | [] | answer must be an object with [text, price, count], got an array",
                "Line | {} {} | not JSON: expected the end",
                "Line | {\"text\": \"a | not JSON",
                "Tree | {\"name\": \"a\", \"children\": [{\"name\": \"b\", \"children\": [7]}]} |"
                        + " answer.children[0].children[0] must be an object",
                "Numbers | {\"small\": 128} | answer.small must be a whole number from -128 to 127, got 128",
                "Numbers | {\"single\": 1e39} | answer.single must be a number within the range of float, got 1E+39",
                "Numbers | {\"twice\": 1e309} | within the range of double",
                "Numbers | {\"big\": 1e2000000000} | a whole number of at most 10000 digits",
                "Numbers | {\"big\": 1e-2000000000} | a whole number of at most 10000 digits",
                "Texts | {\"date\": \"2023-02-29\"} | answer.date must be a date, such as 2024-02-29, got",
                "Texts | {\"moment\": \"2024-02-29T10:00:00\"} | answer.moment must be a date and time with an offset",
                "Texts | {\"id\": \"1-1-1-1-1\"} | answer.id must be a UUID of 36 characters, got \"1-1-1-1-1\"",
                "Texts | {\"address\": \"a b\"} | answer.address must be a URI, got \"a b\"",
                "Texts | {\"address\": \"/a\"} | answer.address must be a URI",
                "Texts | {\"set\": [\"dollars\"]} | answer.set[0] must be one of [EUR, USD], got \"dollars\"",
                "Texts | {\"positive\": {\"value\": 0}} | answer.positive is refused by the record Positive: value must"
                        + " be positive, value: 0",
            })
    void as_answerThatDoesNotFit_saysWhere(String name, String text, String why) throws ClassNotFoundException {
        Class<? extends Record> type =
                Class.forName(RecordAnswersTest.class.getName() + "$" + name).asSubclass(Record.class);
        assertThatThrownBy(() -> answer(text).as(type))
                .isInstanceOfSatisfying(
                        AnswerException.class, e -> assertThat(e.text()).isEqualTo(text))
                .hasMessageStartingWith("the answer is no " + name + ": ")
                .hasMessageContaining(why);
    }

    @Test
    void as_setWithEqualItems_countsThemOnce() {
        assertThat(answer("{\"set\": [\"USD\", \"EUR\", \"USD\"]}")
                        .as(Texts.class)
                        .set())
                .contains(Set.of(Currency.EUR, Currency.USD));
    }

    @Test
    void as_toolArguments_areTheRecord() {
        assertThat(new ToolCall("", "pay", "{\"value\": 3}").as(Positive.class)).isEqualTo(new Positive(3));
        assertThatThrownBy(() -> new ToolCall("", "pay", "{\"value\": 0}").as(Positive.class))
                .isInstanceOf(AnswerException.class)
                .hasMessageStartingWith("the arguments of the call of 'pay' are no Positive: answer is refused");
    }

    @Test
    void as_answerThatWasCutOff_saysSo() {
        Generation cut = new Generation(
                "{\"value\": 1",
                List.of(),
                FinishReason.LENGTH,
                new Usage(1, 1),
                new Timings(Duration.ZERO, Duration.ZERO),
                "");
        assertThatThrownBy(() -> cut.as(Positive.class))
                .isInstanceOf(AnswerException.class)
                .hasMessageContaining("it was cut off after 0 tokens; raise maxTokens");
    }

    @Test
    void generate_record_constrainsTheRequest() {
        Answering model = new Answering("{\"value\": 7}");
        assertThat(model.generate(Request.of("how many?"), Positive.class)).isEqualTo(new Positive(7));
        assertThat(model.asked.get(0).constraint()).isEqualTo(OutputConstraint.json(JsonSchema.of(Positive.class)));
        assertThat(model.generate(model.asked.get(0), Positive.class)).isEqualTo(new Positive(7));
        Request other = Request.of("how many?").withConstraint(OutputConstraint.regex("[0-9]+"));
        assertThatThrownBy(() -> model.generate(other, Positive.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("constrained to a regular expression; leave that constraint out");
        Request another = Request.of("?").withConstraint(OutputConstraint.json(JsonSchema.of(Line.class)));
        assertThatThrownBy(() -> model.generate(another, Positive.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> model.generate(Request.of("?"), WithArray.class))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(model.asked).hasSize(2);
    }

    record Transfer(
            String to,
            Optional<BigDecimal> amount,
            @Nullable Currency currency,
            List<Positive> parts) {}

    @Test
    void extracting_record_isATaskOfItsSchema() {
        Transfer right =
                new Transfer("Ann", Optional.of(new BigDecimal("20.50")), Currency.EUR, List.of(new Positive(1)));
        Task task = Task.extracting(
                Transfer.class,
                "transfers",
                "Extract the transfer.",
                List.of(
                        Example.of("1", "20.50 to Ann", right),
                        Example.of("2", "?", new Transfer("?", Optional.empty(), Currency.USD, List.of()))));
        assertThat(task.schema())
                .contains(JsonSchema.object(
                        JsonSchema.property("to", JsonSchema.text()),
                        JsonSchema.property("amount", JsonSchema.number().orNull()),
                        JsonSchema.property("currency", JsonSchema.oneOf("EUR", "USD")),
                        JsonSchema.property(
                                "parts",
                                JsonSchema.list(
                                        JsonSchema.object(JsonSchema.property("value", JsonSchema.integer()))))));
        assertThat(task.examples().get(0).output())
                .isEqualTo("{\"to\": \"Ann\", \"amount\": 20.50, \"currency\": \"EUR\", \"parts\": [{\"value\": 1}]}");
        assertThat(task.examples().get(1).output())
                .isEqualTo("{\"to\": \"?\", \"amount\": null, \"currency\": \"USD\", \"parts\": []}");
        Answering model = new Answering(task.examples().get(0).output());
        Request request = task.request("20.50 to Ann");
        assertThat(model.generate(request, Transfer.class)).isEqualTo(right);
        assertThat(model.asked).containsExactly(request);
    }

    record Dated(List<Line> lines, Optional<Set<String>> names) {}

    @Test
    void extracting_recordWithoutABuiltSchema_isRefusedByName() {
        assertThatThrownBy(() -> Task.extracting(Dated.class, "a", "b", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component 'names': a task's schema has no Set; allowed are String");
        assertThatThrownBy(() -> Task.extracting(Invoice.class, "a", "b", List.of()))
                .hasMessageContaining("component 'date': a task's schema has no LocalDate");
        assertThatThrownBy(() -> Task.extracting(Tree.class, "a", "b", List.of()))
                .hasMessageContaining("component 'children[]': a task's schema has no record that contains itself");
        assertThatThrownBy(() -> Example.of("1", "x", new Line("a".repeat(201), BigDecimal.ONE, 1)))
                .hasMessageContaining("answer.text must be text");
        assertThatThrownBy(() -> Example.of("1", "x", new Transfer("a", Optional.empty(), null, List.of())))
                .hasMessageContaining("Transfer.currency must not be null");
    }

    @Test
    void write_valueWithoutAForm_isRefusedByName() {
        for (Record wrong : List.of(
                new Numbers(Optional.empty(), Optional.of(Float.NaN), Optional.empty(), Optional.empty()),
                new Numbers(
                        Optional.empty(), Optional.empty(), Optional.of(Double.NEGATIVE_INFINITY), Optional.empty()))) {
            assertThatThrownBy(() -> RecordValues.write(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("within the range of");
        }
    }

    private static Generation answer(String text) {
        return new Generation(
                text, List.of(), FinishReason.STOP, new Usage(1, 1), new Timings(Duration.ZERO, Duration.ZERO), "");
    }

    /** A model that always answers the same. */
    private static final class Answering implements Model {
        private final String text;
        private final List<Request> asked = new ArrayList<>();

        Answering(String text) {
            this.text = text;
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            asked.add(request);
            return answer(text);
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("fixed", "fixed", 0, 100, 100, "fp32");
        }

        @Override
        public void close() {}
    }

    /** JSON with the white space and escapes that its syntax leaves open. */
    private static String json(Object value, Random random) {
        String space = random.nextInt(3) == 0 ? " \n\t".substring(random.nextInt(3)) : "";
        if (value instanceof Map<?, ?> map) {
            List<String> members = new ArrayList<>();
            map.forEach((name, each) -> members.add(json(name, random) + space + ":" + json(each, random)));
            return space + "{" + String.join(",", members) + space + "}" + space;
        } else if (value instanceof List<?> list) {
            return "[" + space
                    + String.join(
                            ",", list.stream().map(each -> json(each, random)).toList()) + "]";
        } else if (value instanceof String text) {
            StringBuilder escaped = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                escaped.append(
                        random.nextInt(4) == 0
                                ? String.format("\\u%04x", (int) c)
                                : JsonSchema.quoted(String.valueOf(c)).replaceAll("^\"|\"$", ""));
            }
            return "\"" + escaped + "\"" + space;
        }
        return value + space;
    }

    /** Values, with edges among them. */
    private record RandomRecords(Random random) {
        private static final int MOST = 3;

        int up(int bound) {
            return random.nextInt(bound);
        }

        <T> List<T> list(Supplier<T> item) {
            List<T> items = new ArrayList<>();
            for (int i = up(MOST); i > 0; i--) {
                items.add(item.get());
            }
            return items;
        }

        <T> Optional<T> maybe(Supplier<T> item) {
            return random.nextBoolean() ? Optional.empty() : Optional.of(item.get());
        }

        String text() {
            StringBuilder text = new StringBuilder();
            for (int i = up(6); i > 0; i--) {
                text.appendCodePoint("a\"\\/\b\f\n\r\t\u0000\u007f\u2028é漢😀".codePointAt(up(14)));
            }
            return text.toString();
        }

        long whole(long minimum, long maximum) {
            return switch (up(4)) {
                case 0 -> minimum;
                case 1 -> maximum;
                case 2 -> up(100) - 50;
                default -> minimum + Math.floorMod(random.nextLong(), Math.max(1, maximum / 2 - minimum / 2));
            };
        }

        Currency currency() {
            return random.nextBoolean() ? Currency.EUR : Currency.USD;
        }

        BigDecimal decimal() {
            return new BigDecimal(new BigInteger(1 + up(80), random), up(60) - 30);
        }

        Line line() {
            return new Line(text(), decimal(), (int) whole(Integer.MIN_VALUE, Integer.MAX_VALUE));
        }

        Tree tree(int depth) {
            return new Tree(text(), depth > 4 ? List.of() : list(() -> tree(depth + 1)));
        }

        <T> Page<T> page(Supplier<T> item) {
            return new Page<>(list(item), maybe(() -> page(item)));
        }

        Pages pages() {
            return new Pages(page(this::line), page(() -> up(9)), line());
        }

        Everything everything() {
            float single = Float.intBitsToFloat(random.nextInt());
            double twice = Double.longBitsToDouble(random.nextLong());
            Map<String, Line> lines = new LinkedHashMap<>();
            list(this::line).forEach(line -> lines.put(line.text(), line));
            return new Everything(
                    text(),
                    random.nextBoolean(),
                    (byte) whole(Byte.MIN_VALUE, Byte.MAX_VALUE),
                    (short) whole(Short.MIN_VALUE, Short.MAX_VALUE),
                    (int) whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
                    whole(Long.MIN_VALUE, Long.MAX_VALUE),
                    new BigInteger(1 + up(300), random),
                    Float.isFinite(single) ? single : Float.MIN_VALUE,
                    Double.isFinite(twice) ? twice : Double.MAX_VALUE,
                    decimal(),
                    LocalDate.ofEpochDay(up(3_000_000) - 700_000),
                    random.nextBoolean() ? LocalTime.of(up(24), up(60)) : LocalTime.ofNanoOfDay(up(1_000_000_000)),
                    LocalDate.ofEpochDay(up(3_000_000) - 700_000)
                            .atTime(up(24), up(60), up(2) * up(60), up(2) * up(1_000_000_000))
                            .atOffset(ZoneOffset.ofTotalSeconds(60 * (up(2 * 18 * 60 + 1) - 18 * 60))),
                    new UUID(random.nextLong(), random.nextLong()),
                    URI.create("https://example.org/" + up(100) + "?q=%20a#b"),
                    currency(),
                    line(),
                    list(() -> list(() -> up(9))),
                    new LinkedHashSet<>(list(() -> currency())),
                    lines,
                    maybe(this::line),
                    maybe(() -> list(this::text)));
        }
    }
}
