package dev.llmadapt.rag.splitting;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.documents.Document;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Splitter#withParents}.
 *
 * @param parents the splitter of documents
 * @param children the splitter of parents
 */
record ParentSplitter(Splitter parents, Splitter children) implements Splitter {
    @Override
    public List<Passage> split(Document document) {
        List<Passage> all = new ArrayList<>();
        for (Passage parent : parents.split(document)) {
            Map<String, String> marked = new HashMap<>(parent.metadata());
            marked.put(PassageMetadata.ROLE, "parent");
            all.add(parent.withMetadata(marked));
            Instant time = document.time();
            Document part = new Document(
                    parent.id(),
                    parent.title(),
                    parent.text(),
                    document.source(),
                    time,
                    document.metadata(),
                    document.readers());
            long offset = Long.parseLong(parent.metadata().getOrDefault(PassageMetadata.START, "0"));
            String page = parent.metadata().get(PassageMetadata.PAGE);
            for (Passage child : children.split(part)) {
                Map<String, String> metadata = new HashMap<>(child.metadata());
                metadata.put(PassageMetadata.DOCUMENT, document.id());
                metadata.put(PassageMetadata.PARENT, parent.id());
                metadata.computeIfPresent(
                        PassageMetadata.START, (key, start) -> Long.toString(offset + Long.parseLong(start)));
                if (page
                        != null) { // the child's is counted from the parent's, and missing where the parent has but one
                    int within = Integer.parseInt(metadata.getOrDefault(PassageMetadata.PAGE, "1"));
                    metadata.put(PassageMetadata.PAGE, Integer.toString(Integer.parseInt(page) + within - 1));
                }
                all.add(child.withMetadata(metadata));
            }
        }
        return all;
    }
}
