package dev.llmadapt.remote;

import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import org.junit.jupiter.api.AfterEach;

/** The laws of models, over a server with vLLM's interface. */
final class RemoteModelTest extends ModelContract {
    private final ToyServer server = new ToyServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected Model open() {
        return RemoteModel.open(RemoteOptions.of(server.base()).withConcurrency(4));
    }
}
