package dev.llmadapt.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Set;

/** Which failures of LangChain4j's integrations say that a server cannot be asked, and nothing about the request. */
final class Unavailability {
    private static final Set<Integer> STATUS = Set.of(401, 403, 407, 408, 502, 503, 504);

    private Unavailability() {}

    static boolean of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AuthenticationException
                    || cause instanceof TimeoutException
                    || cause instanceof UnresolvedModelServerException
                    || cause instanceof IOException
                    || cause instanceof UnresolvedAddressException
                    || (cause instanceof HttpException http && STATUS.contains(http.statusCode()))) {
                return true;
            }
        }
        return false;
    }
}
