package dev.llmadapt.distillation;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The name of a question to a teacher in a file of answers: a hash of all that is known to decide the answer, which are
 * the name that the caller gives the teacher, the description of its model, and the request as the base model sees it.
 */
final class QuestionKey {
    private QuestionKey() {}

    /**
     * The key of a question.
     *
     * @param name the caller's name for the teachers
     * @param place the place of the teacher among several, which may look alike
     */
    static String of(String name, Model teacher, int place, Request request) {
        ModelInfo info = teacher.info();
        Request prepared = teacher.prepare(request);
        MessageDigest digest = Sha256.newDigest();
        add(digest, name);
        add(digest, Integer.toString(place));
        add(digest, info.name());
        add(digest, info.architecture() + " " + info.parameterCount() + " " + info.precision());
        for (Message message : prepared.messages()) {
            add(digest, message.role().key());
            add(digest, message.content());
            if (!message.equals(new Message(message.role(), message.content()))) {
                add(digest, message.toString()); // with calls of tools, or a result
            }
        }
        if (prepared.callsTools()) {
            add(digest, prepared.tools() + " " + prepared.toolChoice());
        }
        for (Object part : List.of(prepared.options(), prepared.constraint(), prepared.adapters(), prepared.raw())) {
            add(digest, part.toString());
        }
        return Sha256.hex(digest);
    }

    /** Adds a text after its length, so that two texts are not taken for two others. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
