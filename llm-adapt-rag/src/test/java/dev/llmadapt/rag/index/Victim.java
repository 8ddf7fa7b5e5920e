package dev.llmadapt.rag.index;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.WordEmbedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that indexes without end, and says on its output what it has committed; {@link KillTest} ends it. */
final class Victim {
    private Victim() {}

    /** Takes the folder and the number of the first round. */
    public static void main(String[] arguments) {
        try (PassageIndex index =
                PassageIndex.open(Path.of(arguments[0]), new WordEmbedder(16), IndexOptions.defaults())) {
            System.out.println("open");
            for (int round = Integer.parseInt(arguments[1]); ; round++) {
                List<Passage> passages = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    passages.add(new Passage("r" + round + "-" + i, "", "round" + round + " of the index", 0));
                }
                index.upsert(passages);
                if (round > 0) {
                    index.delete(List.of("r" + (round - 1) + "-9"));
                }
                index.commit();
                System.out.println("committed " + round);
            }
        }
    }
}
