package dev.llmadapt.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.JsonSchema;
import java.math.BigDecimal;
import java.math.BigInteger;

/** JSON as Python's {@code json.dumps} writes it with {@code ensure_ascii=False}. */
final class PythonJson {
    private PythonJson() {}

    static String write(JsonElement value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    private static void write(JsonElement value, StringBuilder text) {
        if (value instanceof JsonObject object) {
            String before = "{";
            for (String key : object.keySet()) {
                text.append(before).append(JsonSchema.quoted(key)).append(": ");
                write(object.get(key), text);
                before = ", ";
            }
            text.append(object.isEmpty() ? "{}" : "}");
        } else if (value instanceof JsonArray array) {
            String before = "[";
            for (JsonElement each : array) {
                text.append(before);
                write(each, text);
                before = ", ";
            }
            text.append(array.isEmpty() ? "[]" : "]");
        } else if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            text.append(JsonSchema.quoted(primitive.getAsString()));
        } else if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            text.append(number(primitive.getAsString()));
        } else {
            text.append(value);
        }
    }

    /**
     * Python reads a number with a point or an exponent as a double, and writes the shortest text that gives it back.
     */
    static String number(String written) {
        if (!written.matches(".*[.eE].*")) {
            return written.equals("-0") ? "0" : new BigInteger(written).toString();
        }
        double value = Double.parseDouble(written);
        if (value == 0) {
            return written.startsWith("-") ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = decimal.unscaledValue().abs().toString();
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
        return (value < 0 ? "-" : "") + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + power;
    }
}
