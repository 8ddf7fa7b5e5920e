package dev.llmadapt.server.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of the JDK's server, which it reads from system properties when its first class is loaded. Those that
 * the program has set stay.
 */
final class JdkSettings {
    private JdkSettings() {}

    /** Sets what is not set; without effect once a server of the JDK was made in this process. */
    static void apply(HttpLimits limits) {
        Map<String, String> settings = new LinkedHashMap<>();
        // without it each small response on a kept connection waits 40 ms for the client's acknowledgement
        // (JDK-6968351)
        settings.put("sun.net.httpserver.nodelay", "true");
        settings.put(
                "sun.net.httpserver.maxReqTime",
                Long.toString(limits.requestTime().toSeconds()));
        settings.put("sun.net.httpserver.maxReqHeaders", "100");
        settings.put("sun.net.httpserver.maxReqHeaderSize", Integer.toString(32 << 10));
        settings.put("sun.net.httpserver.idleInterval", "60"); // seconds
        settings.put("sun.net.httpserver.maxIdleConnections", Integer.toString(limits.connections()));
        // jdk.httpserver.maxConnections stays as it is: a connection that breaks while it is answered is counted
        // forever, so that after as many clients that left the server would take no new one
        settings.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
