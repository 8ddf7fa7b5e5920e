package dev.llmadapt.rag.documents;

import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * {@link DocumentSource#jdbc}. The time of a document without a time column is the time of reading.
 *
 * @param connection opens a connection
 * @param query the SQL
 * @param source the name of the database
 */
record JdbcDocuments(Callable<Connection> connection, String query, String source) implements DocumentSource {
    @Override
    public void read(Consumer<Document> documents, Consumer<Broken> broken) {
        try (Connection opened = open();
                Statement statement = opened.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            ResultSetMetaData columns = rows.getMetaData();
            Instant time = Instant.now();
            for (int number = 1; rows.next(); number++) {
                List<Row.Field> fields = new ArrayList<>();
                for (int column = 1; column <= columns.getColumnCount(); column++) {
                    String value = rows.getString(column);
                    fields.add(new Row.Field(
                            columns.getColumnLabel(column),
                            value == null ? JsonNull.INSTANCE : new JsonPrimitive(value)));
                }
                Document document;
                try {
                    document = Row.document(fields, source + "#", number, source, time);
                } catch (IllegalArgumentException e) {
                    broken.accept(new Broken(source, "row " + number, String.valueOf(e.getMessage()), true));
                    continue;
                }
                documents.accept(document);
            }
        } catch (SQLException e) {
            throw new DocumentException("the query of " + source + " failed: " + e.getMessage(), e);
        }
    }

    private Connection open() {
        try {
            return connection.call();
        } catch (Exception e) {
            throw new DocumentException("no connection to " + source + ": " + e.getMessage(), e);
        }
    }
}
