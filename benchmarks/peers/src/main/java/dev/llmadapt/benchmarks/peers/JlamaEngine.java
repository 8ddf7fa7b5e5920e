package dev.llmadapt.benchmarks.peers;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.tensor.KvBufferCache.KvBuffer;
import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The engine Jlama, driven token by token as its {@code generate} does inside: that method cannot answer several
 * prompts together, nor keep a prompt for another answer. A token of each sequence is computed in turn.
 */
final class JlamaEngine implements Engine {
    private final AbstractModel model;
    private final KvBufferCache cache;
    private final AbstractTensor<?, ?> logits;
    private final Map<String, Text> texts = new HashMap<>();

    /** A prompt that was read, and the token after it. */
    private record Text(KvBuffer cache, int length, int first) {}

    JlamaEngine(Path folder) {
        PhysicalCoreExecutor.overrideThreadCount(THREADS);
        model = ModelSupport.loadModel(folder.toFile(), DType.F32, DType.I8);
        cache = new KvBufferCache(model);
        logits = model.makeDenseTensor(model.getConfig().vocabularySize);
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(model.getTokenizer().encode(text))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public void read(String prompt) {
        try (KvBuffer own = cache.getEphemeralKvBuffer()) {
            readInto(own, prompt);
        }
    }

    private Text readInto(KvBuffer own, String prompt) {
        int[] ids = encode(prompt);
        own.setCurrentContextPosition(0);
        try (AbstractTensor<?, ?> hidden = model.batchForward(ids, 0, own)) {
            AbstractTensor<?, ?> last = hidden.slice(hidden.shape().first() - 1);
            return new Text(own, ids.length, mostLikely(last));
        }
    }

    private int mostLikely(AbstractTensor<?, ?> hidden) {
        return model.sample(hidden, 0, 0, logits);
    }

    @Override
    public void answer(String[] prompts, int tokens) {
        List<Text> answered = new ArrayList<>();
        for (String prompt : prompts) {
            answered.add(texts.computeIfAbsent(prompt, key -> readInto(cache.getEphemeralKvBuffer(), key)));
        }
        int[] next = answered.stream().mapToInt(Text::first).toArray();
        for (int token = 1; token < tokens; token++) {
            for (int i = 0; i < next.length; i++) {
                Text text = answered.get(i);
                int position = text.length() + token - 1;
                text.cache().setCurrentContextPosition(position);
                try (AbstractTensor<?, ?> hidden = model.forward(next[i], position, text.cache(), Optional.empty())) {
                    next[i] = mostLikely(hidden);
                }
            }
        }
    }

    @Override
    public void close() {
        texts.values().forEach(text -> text.cache().close());
        logits.close();
        cache.close();
        model.close();
    }
}
