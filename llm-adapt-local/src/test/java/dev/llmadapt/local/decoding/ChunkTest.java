package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Precision;
import dev.llmadapt.local.LongContext;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a prompt is cut into pieces does not show in what follows. */
class ChunkTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void read_promptCutAnywhere_givesTheSameLogitsToTheBit() throws IOException {
        int[] text = new Random(5).ints(300, 3, 99).toArray();
        try (Checkpoint checkpoint = Checkpoint.open(LongContext.in(folder));
                DecoderSession session = DecoderSession.open(
                        Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, 512, AdapterInputs.NONE), 1)) {
            session.reserve(1, 512);
            for (int length : new int[] {33, 34, 66, 98, 190, 295}) {
                float[] expected = last(session, text, length, length - 2);
                for (int cut = 1; cut < length - 1; cut++) { // as a slot that has read another prompt leaves it
                    assertThat(last(session, text, length, cut))
                            .as(length + " tokens, cut at " + cut)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** Reads up to a place, then the rest; the logits of the last token. */
    private static float[] last(DecoderSession session, int[] text, int length, int cut) {
        session.truncate(0, 0);
        float[] logits = new float[session.vocabularySize()];
        for (int end : new int[] {cut, length}) {
            for (int from = session.filled(0), to; from < end; from = to) {
                to = Turn.chunkEnd(from, end);
                session.read(0, text, from, to, to - 1).get(0, logits);
            }
        }
        return logits;
    }
}
