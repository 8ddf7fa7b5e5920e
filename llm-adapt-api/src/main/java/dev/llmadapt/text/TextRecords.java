package dev.llmadapt.text;

import java.io.IOException;

/** The records of a file, one after the other: lines, or the elements of a JSON array. For one thread. */
public interface TextRecords {
    /**
     * Moves to the next record.
     *
     * @return whether there is one
     * @throws IOException if the file cannot be read on
     */
    boolean advance() throws IOException;

    /** The line where the record begins, from 1. */
    long line();

    /**
     * The record's text.
     *
     * @throws BrokenRecord if it is too long, or not text in its encoding
     */
    String text() throws BrokenRecord;
}
