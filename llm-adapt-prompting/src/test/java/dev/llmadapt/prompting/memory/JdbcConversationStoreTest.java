package dev.llmadapt.prompting.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class JdbcConversationStoreTest extends ConversationStoreContract {
    private static JdbcDataSource database() {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        return database;
    }

    @Override
    ConversationStore store() {
        JdbcConversationStore store = new JdbcConversationStore(database(), "conversations");
        store.createTable();
        store.createTable();
        return store;
    }

    @Test
    void find_contentOfAnotherForm_isRefusedByTheSession() throws SQLException {
        JdbcDataSource database = database();
        JdbcConversationStore store = new JdbcConversationStore(database, "conversations");
        store.createTable();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO conversations VALUES ('a', 1, 0, '{\"form\": 2}'), ('b', 1, 0, 'x')");
        }
        assertThatThrownBy(() -> store.find("a"))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("the session 'a' cannot be read: it is of the form 2, this is 1");
        assertThatThrownBy(() -> store.find("b")).hasMessageContaining("'b' cannot be read");
        assertThatThrownBy(() -> store.find("x".repeat(201))).hasMessageContaining("1 to 200 characters, got 201");
    }

    @Test
    void withoutATable_theDatabaseIsNamed() {
        JdbcConversationStore store = new JdbcConversationStore(database(), "conversations");
        assertThatThrownBy(() -> store.find("a"))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("the database cannot read a row of conversations in 'conversations'");
        assertThatThrownBy(() -> new JdbcConversationStore(database(), "a; DROP TABLE b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoMemories_ofOneDatabase_shareSessions() {
        ConversationStore store = store();
        MemoryPolicy all = conversation -> conversation;
        ConversationMemory one = new ConversationMemory(store, all, Duration.ofDays(1), Clock.systemUTC());
        ConversationMemory two = new ConversationMemory(store, all, Duration.ofDays(1), Clock.systemUTC());
        one.add("s", dev.llmadapt.Message.user("hello"));
        assertThat(two.messages("s")).hasSize(1);
    }
}
