package dev.llmadapt.langchain4j;

import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The model that LangChain4j's suites of chat models ask: the file or folder of {@code -Dmodel}. */
final class SuiteModel {
    static final String PROPERTY = "model";

    private static @Nullable LocalModel model;

    private SuiteModel() {}

    static synchronized LocalModel open() {
        LocalModel opened = model;
        if (opened == null) {
            opened = LocalModel.open(Path.of(System.getProperty(PROPERTY)), ModelOptions.defaults());
            model = opened;
        }
        return opened;
    }

    static synchronized void close() {
        LocalModel opened = model;
        model = null;
        if (opened != null) {
            opened.close();
        }
    }
}
