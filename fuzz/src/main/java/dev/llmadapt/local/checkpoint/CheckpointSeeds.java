package dev.llmadapt.local.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Small well-formed files of a one-layer Llama: hidden size 4, two heads of two, four tokens. */
final class CheckpointSeeds {
    static final String CONFIG = "{\"model_type\":\"llama\",\"hidden_size\":4,\"intermediate_size\":8,"
            + "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"vocab_size\":8,\"max_position_embeddings\":16,"
            + "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
            + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192},\"eos_token_id\":[1,2]}";
    static final String TOKENIZER = "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"special\":true}],"
            + "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\","
            + "\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}]},\"model\":{\"vocab\":{\"a\":0}}}";
    static final String TOKENIZER_CONFIG = "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"<s>\","
            + "\"add_bos_token\":true,\"chat_template\":[{\"name\":\"default\",\"template\":\"x\"}],"
            + "\"added_tokens_decoder\":{\"0\":{\"content\":\"<s>\",\"special\":true}}}";
    static final String HEADER = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[8,4],\"data_offsets\":[0,128]},"
            + "\"model.norm.weight\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[128,136]}}";

    private CheckpointSeeds() {}

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return little(8 + json.length + dataBytes)
                .putLong(json.length)
                .put(json)
                .array();
    }

    /** A GGUF file under construction. */
    static final class GgufFile {
        private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
        private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();
        private long entryCount;
        private long tensorCount;

        GgufFile entry(String key, int type, byte[] value) {
            entryCount++;
            entries.writeBytes(string(key));
            entries.writeBytes(little(4).putInt(type).array());
            entries.writeBytes(value);
            return this;
        }

        GgufFile text(String key, String value) {
            return entry(key, 8, string(value));
        }

        GgufFile number(String key, int value) {
            return entry(key, 4, little(4).putInt(value).array());
        }

        GgufFile real(String key, float value) {
            return entry(key, 6, little(4).putFloat(value).array());
        }

        GgufFile texts(String key, List<String> values) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(little(12).putInt(8).putLong(values.size()).array());
            values.forEach(value -> out.writeBytes(string(value)));
            return entry(key, 9, out.toByteArray());
        }

        GgufFile numbers(String key, int... values) {
            ByteBuffer out = little(12 + 4 * values.length).putInt(5).putLong(values.length);
            for (int value : values) {
                out.putInt(value);
            }
            return entry(key, 9, out.array());
        }

        GgufFile reals(String key, float... values) {
            ByteBuffer out = little(12 + 4 * values.length).putInt(6).putLong(values.length);
            for (float value : values) {
                out.putFloat(value);
            }
            return entry(key, 9, out.array());
        }

        GgufFile tensor(String name, int type, int bytes, long... dimensions) {
            tensorCount++;
            infos.writeBytes(string(name));
            ByteBuffer info = little(4 + 8 * dimensions.length + 12).putInt(dimensions.length);
            for (long dimension : dimensions) {
                info.putLong(dimension);
            }
            infos.writeBytes(info.putInt(type).putLong(data.size()).array());
            data.writeBytes(new byte[(bytes + 31) / 32 * 32]);
            return this;
        }

        byte[] bytes() {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes(little(24)
                    .putInt(0x46554747)
                    .putInt(3)
                    .putLong(tensorCount)
                    .putLong(entryCount)
                    .array());
            file.writeBytes(entries.toByteArray());
            file.writeBytes(infos.toByteArray());
            file.writeBytes(new byte[(32 - file.size() % 32) % 32]);
            file.writeBytes(data.toByteArray());
            return file.toByteArray();
        }

        private static byte[] string(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return little(8 + utf8.length).putLong(utf8.length).put(utf8).array();
        }
    }

    static GgufFile gguf(String architecture) {
        return new GgufFile()
                .text("general.architecture", architecture)
                .number(architecture + ".block_count", 1)
                .number(architecture + ".context_length", 16)
                .number(architecture + ".embedding_length", 4)
                .number(architecture + ".feed_forward_length", 8)
                .number(architecture + ".attention.head_count", 2)
                .number(architecture + ".attention.head_count_kv", 1)
                .real(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .number(architecture + ".vocab_size", 4);
    }
}
