package dev.llmadapt.server.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** An exchange of the JDK's server. */
final class JdkExchange implements Exchange {
    private final HttpExchange jdk;
    private final long maxBytes;
    private String caller;
    private String model = "";
    private int status;

    JdkExchange(HttpExchange jdk, long maxBytes) {
        this.jdk = jdk;
        this.maxBytes = maxBytes;
        this.caller = jdk.getRemoteAddress().getAddress().getHostAddress();
    }

    @Override
    public String method() {
        return jdk.getRequestMethod();
    }

    @Override
    public String path() {
        String path = jdk.getRequestURI().getPath();
        return path == null ? "" : path;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(jdk.getRequestHeaders().getFirst(name));
    }

    @Override
    public String caller() {
        return caller;
    }

    @Override
    public void caller(String caller) {
        this.caller = caller;
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public void model(String name) {
        this.model = name;
    }

    @Override
    public byte[] body() {
        try {
            long said = header("content-length").map(Long::parseLong).orElse(0L); // the JDK has refused other texts
            if (said > maxBytes) {
                throw tooLarge();
            }
            byte[] body = jdk.getRequestBody().readNBytes((int) maxBytes + 1);
            if (body.length > maxBytes) {
                throw tooLarge();
            }
            return body;
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    private HttpFailure tooLarge() {
        return HttpFailure.of(
                        413, "request_too_large", "the body of a request must have at most " + maxBytes + " bytes")
                .withHeader("connection", "close");
    }

    @Override
    public void responseHeader(String name, String value) {
        jdk.getResponseHeaders().set(name, value);
    }

    @Override
    public void respond(int status, String type, byte[] body) {
        boolean headersAlone = body.length == 0 || method().equals("HEAD");
        if (headersAlone && body.length > 0) {
            responseHeader("content-length", String.valueOf(body.length)); // which the JDK leaves to us for HEAD
        }
        begin(status, type, headersAlone ? -1 : body.length);
        try {
            if (!headersAlone) {
                try (OutputStream out = jdk.getResponseBody()) {
                    out.write(body);
                }
            }
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    @Override
    public ResponseStream stream(String type) {
        jdk.getResponseHeaders().set("cache-control", "no-cache");
        begin(200, type, 0); // of any length, in chunks
        OutputStream out = jdk.getResponseBody();
        return new ResponseStream() {
            @Override
            public void send(byte[] bytes) {
                try {
                    out.write(bytes);
                    out.flush();
                } catch (IOException e) {
                    throw new ClientGone(e);
                }
            }

            @Override
            public void close() {
                try {
                    out.close();
                } catch (IOException e) {
                    jdk.close(); // the client has gone
                }
            }
        };
    }

    private void begin(int status, String type, long length) {
        if (this.status != 0) {
            throw new IllegalStateException("a response of status " + this.status + " has begun");
        }
        this.status = status;
        jdk.getResponseHeaders().set("content-type", type);
        try {
            jdk.sendResponseHeaders(status, length);
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    @Override
    public int status() {
        return status;
    }
}
