package dev.llmadapt.peft.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gson's complaints in words for people who wrote the file: without advice on Gson, with the place. */
public final class MalformedJson {
    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

    private MalformedJson() {}

    /** What is wrong with a text of one line. */
    public static String inLine(Exception e) {
        Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
        return "not JSON" + (place.find() ? ", near character " + place.group(2) : "");
    }

    /** What is wrong with a text of many lines. */
    public static String inFile(Exception e) {
        Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
        return "not JSON" + (place.find() ? ", near line " + place.group(1) + ", character " + place.group(2) : "");
    }
}
