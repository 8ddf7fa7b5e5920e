package dev.llmadapt.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogModel;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.ml.ModelProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before a job starts, and how; and that what is taken travels. */
class LlmAdaptModelProviderFactoryTest {
    private static final Column TEXT = Column.physical("text", DataTypes.STRING());
    private static final Column ANSWER = Column.physical("answer", DataTypes.STRING());
    private static final Column PROBABILITY = Column.physical("probability", DataTypes.DOUBLE());
    private static final Column ERROR = Column.physical("error-string", DataTypes.STRING());

    /** A provider as Flink makes it. */
    private static ModelProvider create(List<Column> input, List<Column> output, String options) {
        Map<String, String> all = new HashMap<>(Map.of("provider", "llm-adapt"));
        for (String option : options.split(" ", -1)) {
            int at = option.indexOf('=');
            all.put(option.substring(0, at), option.substring(at + 1));
        }
        ResolvedCatalogModel model = ResolvedCatalogModel.of(
                CatalogModel.of(Schema.newBuilder().build(), Schema.newBuilder().build(), all, null),
                ResolvedSchema.of(input),
                ResolvedSchema.of(output));
        return FactoryUtil.createModelProvider(
                null,
                ObjectIdentifier.of("a", "b", "c"),
                model,
                new Configuration(),
                LlmAdaptModelProviderFactoryTest.class.getClassLoader(),
                false);
    }

    private static String messages(Throwable thrown) {
        return Stream.iterate(thrown, each -> each != null, Throwable::getCause)
                .map(Throwable::getMessage)
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    timeout=1s                                 | needs 'strategy'
                    strategy=s tempratur=1                     | tempratur
                    strategy=s max-tokens=3                    | the option 'max-tokens' is for a 'model' without a 'strategy'
                    strategy=s adapter=a                       | the option 'adapter' is for a 'model' without
                    strategy=s threads=2                       | the option 'threads' says how a 'model' is opened
                    model=m labels=a;b json-schema={}          | leave one of them out
                    model=m labels=a                           | 'labels' needs two or more
                    model=m labels=                            | 'labels' needs two or more
                    model=m labels=;                           | 'labels' needs two or more
                    model=m labels=a;b;a                       | must all differ
                    model=m labels=a;b max-tokens=4            | the option 'max-tokens' has no effect
                    model=m json-schema=                       | 'json-schema' is empty
                    model=                                     | the option 'model' is empty
                    strategy=                                  | the option 'strategy' is empty
                    strategy=file:///models/tickets            | is a path that all task managers see
                    model=m json-schema={                      | JSON
                    model=m max-tokens=0                       | maxTokens must be at least 1
                    model=m max-tokens=few                     | max-tokens
                    model=m temperature=-1                     | temperature must be in
                    model=m threads=0                          | threads must be at least 1
                    model=m max-batch=0                        | maxBatch must be from 1
                    model=m device=tpu                         | a device is cpu, cuda
                    model=m precision=int3                     | precision
                    model=m timeout=-1s                        | timeout
                    model=m error-handling-strategy=retry      | Expected one of: [[FAILOVER, IGNORE]]
                    """)
    void options_thatCannotBe_areRefusedByName(String options, String message) {
        assertThatThrownBy(() -> create(List.of(TEXT), List.of(ANSWER), options.strip()))
                .extracting(LlmAdaptModelProviderFactoryTest::messages)
                .asString()
                .contains(message);
    }

    @Test
    void columns_thatCannotBe_areRefusedByName() {
        Column id = Column.physical("id", DataTypes.INT());
        Column shortText = Column.physical("answer", DataTypes.VARCHAR(3));
        Column whole = Column.physical("answer", DataTypes.STRING().notNull());
        String ignore = "strategy=s error-handling-strategy=ignore";
        refuses(List.of(TEXT, id), List.of(ANSWER), "strategy=s", "the input is", "of one STRING");
        refuses(List.of(id), List.of(ANSWER), "strategy=s", "the input is", "id");
        refuses(List.of(TEXT), List.of(ANSWER, id), "strategy=s", "the column `id` INT", "'probability' DOUBLE");
        refuses(List.of(TEXT), List.of(ANSWER, TEXT), "strategy=s", "the column `text` STRING");
        refuses(List.of(TEXT), List.of(shortText), "strategy=s", "VARCHAR(3)");
        refuses(List.of(TEXT), List.of(PROBABILITY), "strategy=s", "no column for the answer");
        refuses(List.of(TEXT), List.of(ANSWER, ERROR), "strategy=s", "is for rows that fail; set");
        refuses(List.of(TEXT), List.of(whole, ERROR), ignore, "leave NOT NULL out");
        refuses(List.of(TEXT), List.of(ANSWER, PROBABILITY), "model=m", "is for labels; set 'labels'");
    }

    private static void refuses(List<Column> input, List<Column> output, String options, String... messages) {
        assertThatThrownBy(() -> create(input, output, options))
                .extracting(LlmAdaptModelProviderFactoryTest::messages)
                .asString()
                .contains(messages);
    }

    @Test
    void provider_withAllOptions_makesFunctionsThatTravel() throws Exception {
        String options = "model=m adapter=a system-prompt=Label. labels=a;b precision=int8"
                + " device=cuda:1 threads=2 max-batch=16 timeout=9s keep-open=1min error-handling-strategy=ignore";
        var provider = (RowProvider) create(List.of(TEXT), List.of(PROBABILITY, ANSWER, ERROR), options);

        assertThat(copy(new AsyncAnswerFunction(provider.rows()))).isNotNull();
        assertThat(copy(new AnswerFunction(provider.rows()))).isNotNull();
        assertThat(copy(provider.rows().opening()))
                .as("equal ones share a model")
                .isEqualTo(provider.rows().opening());
    }

    @Test
    void opening_ofAFolderThatIsWrittenAnew_isAnother(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("strategy.json"), "{}");
        var provider = (RowProvider) create(List.of(TEXT), List.of(ANSWER), "strategy=" + folder);
        List<String> before = provider.rows().opening().version();
        assertThat(provider.rows().opening().version()).isEqualTo(before);

        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));

        assertThat(provider.rows().opening().version()).isNotEqualTo(before);
    }

    @Test
    void provider_ofFreeText_takesTheOptionsOfDecoding() {
        assertThat(create(List.of(TEXT), List.of(ANSWER), "model=m max-tokens=4 temperature=0.5 json-schema={}"))
                .isInstanceOf(RowProvider.class);
    }

    private static Object copy(Object travels) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(travels);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
