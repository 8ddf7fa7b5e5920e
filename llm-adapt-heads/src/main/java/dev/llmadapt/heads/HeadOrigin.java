package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The origin of a head.
 *
 * @param task the name of the task
 * @param examples the number of examples that it was learned from
 * @param dataSha256 the SHA-256 of their inputs and outputs, and of the probabilities of their labels if they were
 *     learned, each after its length in UTF-8 as 4 bytes
 * @param options the options with which it was learned
 */
record HeadOrigin(String task, int examples, String dataSha256, HeadOptions options) {
    static HeadOrigin of(Task task, List<Decision> decisions, HeadOptions options) {
        MessageDigest digest = Sha256.newDigest();
        for (Example example : task.examples()) {
            add(digest, example.input());
            add(digest, example.output());
        }
        decisions.forEach(decision -> add(digest, decision.choices().toString()));
        return new HeadOrigin(task.name(), task.examples().size(), Sha256.hex(digest), options);
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
