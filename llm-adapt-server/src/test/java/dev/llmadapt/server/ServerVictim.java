package dev.llmadapt.server;

import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.ServedModels;

/** A process with a server of a tiny model, for tests that kill it. Its argument is the port; 0 takes any. */
final class ServerVictim {
    private ServerVictim() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (LocalModel model = Fixtures.model();
                ModelServer server = ModelServer.start(
                        new ServedModels().add("tiny", model),
                        Fixtures.options().withPort(Integer.parseInt(arguments[0])))) {
            System.out.println("listening " + server.port());
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
