package dev.llmadapt.peft.data;

import dev.llmadapt.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** SHA-256 of a sequence of texts, each with its length before it, so that moving a border changes the hash. */
public final class ContentHash {
    private final MessageDigest digest = Sha256.newDigest();

    /** Of no texts yet. */
    public ContentHash() {}

    /** Adds a text. */
    public ContentHash add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
        return this;
    }

    /** Adds the number of the texts, then each. */
    public ContentHash addAll(List<String> texts) {
        add(String.valueOf(texts.size()));
        texts.forEach(this::add);
        return this;
    }

    /** The hash of what was added, 64 hexadecimal digits; starts anew. */
    public String hex() {
        return Sha256.hex(digest);
    }
}
