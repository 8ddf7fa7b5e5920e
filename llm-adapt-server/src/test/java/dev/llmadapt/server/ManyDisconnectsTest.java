package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.local.LocalModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ManyDisconnectsTest {
    /** More than the server has connections: the JDK's server keeps counting those that broke while it answered. */
    private static final int CLIENTS = 700;

    @Test
    void clientsThatLeaveInTheMiddle_takeNoConnectionsFromOthers() throws Exception {
        try (LocalModel model = Fixtures.model();
                ModelServer server = Fixtures.start(model)) {
            for (int i = 0; i < CLIENTS; i++) {
                leave(server.port());
            }
            HttpRequest health =
                    HttpRequest.newBuilder(server.uri().resolve("/health")).build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(health, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
        }
    }

    /** Asks for a stream, reads its first bytes, and resets the connection. */
    private static void leave(int port) throws IOException {
        byte[] body = (Fixtures.ASK + ",\"stream\":true,\"max_tokens\":60}").getBytes(StandardCharsets.UTF_8);
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoLinger(true, 0);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            InputStream in = socket.getInputStream();
            assertThat(in.read()).as("the server answers").isNotNegative();
        }
    }
}
