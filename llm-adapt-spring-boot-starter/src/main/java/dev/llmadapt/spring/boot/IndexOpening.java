package dev.llmadapt.spring.boot;

import static dev.llmadapt.spring.boot.ModelOpening.named;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Progress;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.Language;
import dev.llmadapt.rag.index.PassageIndex;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Opens the index that the properties name, or says which of them cannot be honoured. */
final class IndexOpening {
    private static final Log LOG = LogFactory.getLog(IndexOpening.class);

    private final LlmAdaptProperties.Index properties;

    IndexOpening(LlmAdaptProperties.Index properties) {
        this.properties = properties;
    }

    Embedder embedder() {
        String name = properties.embedder();
        return switch (name) {
            case "mini-lm" -> Embedder.miniLm();
            case "none" -> Embedder.none();
            default ->
                named(
                        "llm-adapt.index.embedder",
                        name,
                        "Take mini-lm, none, or a folder of a sentence-transformers model with ONNX.",
                        () -> Embedder.load(ModelOpening.folder("llm-adapt.index.embedder", Path.of(name))));
        };
    }

    /** The index, up to date with its documents. */
    PassageIndex open(String folder, Embedder embedder) {
        IndexOptions options = IndexOptions.defaults().withLanguage(language(properties.language()));
        PassageIndex index = named(
                "llm-adapt.index.folder",
                folder,
                "Take another folder, or the embedder and language that it was made with.",
                () -> folder.equals("memory")
                        ? PassageIndex.inMemory(embedder, options)
                        : PassageIndex.open(Path.of(folder), embedder, options));
        try {
            if (!properties.documents().isEmpty()) {
                read(index, embedder);
            }
            return index;
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private void read(PassageIndex index, Embedder embedder) {
        DocumentSource documents = DocumentSource.all(properties.documents().stream()
                .map(path -> DocumentSource.files(ModelOpening.folder("llm-adapt.index.documents", path)))
                .toList());
        Indexing.Report report = Indexing.with(embedder).sync(documents, MetadataFilter.all(), index, Progress.NONE);
        report.broken().forEach(broken -> LOG.warn("not indexed: " + broken));
        LOG.info("index: " + report.documents() + " documents read, " + report.unchanged() + " unchanged, "
                + report.deleted() + " deleted, " + index.size() + " passages");
    }

    private static Language language(@Nullable String name) {
        if (name == null) {
            return Language.ENGLISH;
        }
        return Arrays.stream(Language.values())
                .filter(each -> each.name().equalsIgnoreCase(name.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new LlmAdaptPropertyException(
                        "llm-adapt.index.language",
                        name,
                        "there is no such language here",
                        "Take one of " + Arrays.toString(Language.values()).toLowerCase(Locale.ROOT) + "."));
    }
}
