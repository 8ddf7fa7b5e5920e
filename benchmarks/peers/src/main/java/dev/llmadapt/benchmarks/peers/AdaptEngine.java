package dev.llmadapt.benchmarks.peers;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.runtime.DecoderSession;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The engine of this library, built as {@code LocalModel} does, except that no token ends an answer. */
record AdaptEngine(Decoder decoder) implements Engine {
    private static final int CONTEXT = 1024;

    static AdaptEngine open(Path gguf, Precision precision, int sequences) {
        try (Checkpoint checkpoint = Checkpoint.open(gguf)) {
            DecoderSession session = DecoderSession.open(
                    Architecture.of(checkpoint).graph(checkpoint, precision, CONTEXT, AdapterInputs.NONE), THREADS);
            return new AdaptEngine(new Decoder(session, checkpoint.tokenizer(), Set.of(), sequences));
        }
    }

    @Override
    public int[] encode(String text) {
        return decoder.textIds(text);
    }

    @Override
    public void read(String prompt) {
        answer(new String[] {prompt}, 1);
    }

    @Override
    public void answer(String[] prompts, int tokens) {
        List<Request> requests =
                Arrays.stream(prompts).map(prompt -> request(prompt, tokens)).toList();
        decoder.generate(requests, TokenListener.NONE).forEach(answer -> {
            if (answer.usage().completionTokens() != tokens) {
                throw new IllegalStateException(
                        "an answer has " + answer.usage().completionTokens() + " tokens, expected " + tokens);
            }
        });
    }

    /** The request with the user's message, since the chat template adds the rest of the conversation. */
    private static Request request(String prompt, int tokens) {
        String user = prompt.substring(prompt.lastIndexOf("user\n") + 5, prompt.lastIndexOf("<|im_end|>"));
        return Request.of(Message.system(Prompts.SYSTEM), Message.user(user))
                .withOptions(GenerationOptions.defaults().withMaxTokens(tokens));
    }

    @Override
    public void close() {
        decoder.close();
    }
}
