package dev.llmadapt.peft.folder;

import com.google.gson.stream.JsonWriter;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.memory.Transfer;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes tensors as a safetensors file, byte for byte as they are stored: wider types first, so that every tensor is
 * aligned, otherwise in the order given.
 */
final class SafetensorsWriter {
    private SafetensorsWriter() {}

    /** Writes a new file of tensors stored as F32, F16 or BF16. */
    static void write(Path file, Map<String, WeightTensor> tensors) throws IOException {
        List<Map.Entry<String, WeightTensor>> entries = new ArrayList<>(tensors.entrySet());
        entries.sort(
                Comparator.comparingInt(entry -> -entry.getValue().encoding().bytesPerBlock()));
        byte[] header = header(entries).getBytes(StandardCharsets.UTF_8);
        int padded = (header.length + 7) / 8 * 8;
        ByteBuffer start = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded).put(header);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Transfer.write(channel, start.flip());
            for (Map.Entry<String, WeightTensor> entry : entries) {
                Transfer.write(channel, entry.getValue().data());
            }
            channel.force(true);
        }
    }

    private static String header(List<Map.Entry<String, WeightTensor>> entries) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setHtmlSafe(false);
            json.beginObject();
            json.name("__metadata__").beginObject().name("format").value("pt").endObject();
            long offset = 0;
            for (Map.Entry<String, WeightTensor> entry : entries) {
                WeightTensor tensor = entry.getValue();
                json.name(entry.getKey()).beginObject();
                json.name("dtype").value(type(entry.getKey(), tensor));
                json.name("shape").beginArray();
                for (long dimension : tensor.shape()) {
                    json.value(dimension);
                }
                json.endArray();
                long end = offset + tensor.data().remaining();
                json.name("data_offsets").beginArray().value(offset).value(end).endArray();
                json.endObject();
                offset = end;
            }
            json.endObject();
        }
        return text.toString();
    }

    private static String type(String key, WeightTensor tensor) {
        WeightEncoding encoding = tensor.encoding();
        if (encoding.quantized() || !tensor.rowsInOrder()) {
            throw new IllegalArgumentException(
                    "tensor " + key + " is stored as " + encoding + ", expected F32, F16 or BF16 with rows in order");
        }
        return encoding.name();
    }
}
