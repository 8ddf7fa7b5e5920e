package dev.llmadapt.prompting.memory;

import dev.llmadapt.LlmAdaptException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A store in a table of a relational database, one row for each session, by {@code java.sql} alone. The statements are
 * of standard SQL; the table's text column is a {@code TEXT}, which H2, PostgreSQL, SQLite, MySQL and MariaDB have.
 * Where a database has another type, make the table yourself:
 *
 * <pre>{@code
 * CREATE TABLE conversations (
 *   session_id VARCHAR(200) NOT NULL PRIMARY KEY, version BIGINT NOT NULL,
 *   last_used BIGINT NOT NULL, content TEXT NOT NULL)
 * }</pre>
 *
 * {@code last_used} is in milliseconds since 1970. A connection is taken for each call, and given back; none is closed
 * that was not taken here. Thread-safe if the data source is. What the database refuses is a {@link LlmAdaptException}.
 */
public final class JdbcConversationStore implements ConversationStore {
    private static final int MOST_CHARACTERS = 200;

    private final DataSource database;
    private final String table;

    /**
     * A store in an existing table, or in one that {@link #createTable} makes.
     *
     * @param database gives connections
     * @param table the table's name: letters, digits and underscores
     */
    public JdbcConversationStore(DataSource database, String table) {
        this.database = Objects.requireNonNull(database, "database must not be null");
        this.table = table;
        if (!table.matches("[A-Za-z_][A-Za-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "table must be a name of letters, digits and underscores, table: '" + table + "'");
        }
    }

    /** Makes the table if it is not there. */
    public void createTable() {
        run("make the table", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("CREATE TABLE IF NOT EXISTS " + table
                        + " (session_id VARCHAR(200) NOT NULL PRIMARY KEY, version BIGINT NOT NULL,"
                        + " last_used BIGINT NOT NULL, content TEXT NOT NULL)");
                return 0;
            }
        });
    }

    /** What is done with a connection. */
    @FunctionalInterface
    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T run(String what, Work<T> work) {
        try (Connection connection = database.getConnection()) {
            boolean automatic = connection.getAutoCommit();
            try {
                T result = work.with(connection);
                if (!automatic) {
                    connection.commit();
                }
                return result;
            } catch (SQLException | RuntimeException e) {
                if (!automatic) { // a pool would give the connection to others with what is half done
                    connection.rollback();
                }
                throw e;
            }
        } catch (SQLException e) {
            throw new LlmAdaptException(
                    "the database cannot " + what + " of conversations in '" + table + "': " + e.getMessage(), e);
        }
    }

    private static String named(String session) {
        if (session.isEmpty() || session.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "the name of a session must have 1 to " + MOST_CHARACTERS + " characters, got " + session.length());
        }
        return session;
    }

    @Override
    public Optional<Conversation> find(String session) {
        return run("read a row", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT version, last_used, content FROM " + table + " WHERE session_id = ?")) {
                statement.setString(1, named(session));
                try (ResultSet row = statement.executeQuery()) {
                    return row.next()
                            ? Optional.of(ConversationJson.read(
                                    session, row.getString(3), row.getLong(1), Instant.ofEpochMilli(row.getLong(2))))
                            : Optional.empty();
                }
            }
        });
    }

    @Override
    public boolean save(String session, Conversation conversation) {
        String content = ConversationJson.write(conversation);
        return run(
                "write a row",
                connection -> conversation.version() == 1
                        ? insert(connection, named(session), conversation, content)
                        : update(connection, named(session), conversation, content));
    }

    private boolean insert(Connection connection, String session, Conversation conversation, String content)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + table + " (version, last_used, content, session_id) VALUES (?, ?, ?, ?)")) {
            set(statement, session, conversation, content);
            return statement.executeUpdate() == 1;
        } catch (SQLException e) {
            // drivers tell a key that is there in several ways: the row itself tells it in one
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT version FROM " + table + " WHERE session_id = ?")) {
                statement.setString(1, session);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) {
                        return false;
                    }
                }
            }
            throw e;
        }
    }

    private boolean update(Connection connection, String session, Conversation conversation, String content)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + table
                + " SET version = ?, last_used = ?, content = ? WHERE session_id = ? AND version = ?")) {
            set(statement, session, conversation, content);
            statement.setLong(5, conversation.version() - 1);
            return statement.executeUpdate() == 1;
        }
    }

    private static void set(PreparedStatement statement, String session, Conversation conversation, String content)
            throws SQLException {
        statement.setLong(1, conversation.version());
        statement.setLong(2, conversation.lastUsed().toEpochMilli());
        statement.setString(3, content);
        statement.setString(4, session);
    }

    @Override
    public void delete(String session) {
        run("delete a row", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM " + table + " WHERE session_id = ?")) {
                statement.setString(1, named(session));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public int deleteUnusedSince(Instant time) {
        return run("delete rows", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM " + table + " WHERE last_used < ?")) {
                statement.setLong(1, time.toEpochMilli());
                return statement.executeUpdate();
            }
        });
    }
}
