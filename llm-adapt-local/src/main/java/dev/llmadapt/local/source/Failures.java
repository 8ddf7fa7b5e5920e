package dev.llmadapt.local.source;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;

/** The ways that were tried in vain, and what each said. */
final class Failures {
    private final List<String> ways = new ArrayList<>();
    private final List<IOException> causes = new ArrayList<>();

    void add(String way, String said) {
        ways.add("\n  " + way + ": " + said.replace("\n", "\n  "));
    }

    void add(String way, IOException e) {
        add(way, said(e));
        causes.add(e);
    }

    /** All of them as one exception. */
    Http.FinalException exception(String summary) {
        Http.FinalException exception = new Http.FinalException(summary + "; tried:" + String.join("", ways));
        causes.forEach(exception::addSuppressed);
        return exception;
    }

    static String said(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.nio.channels.UnresolvedAddressException) {
                return "the name of the host cannot be resolved";
            }
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** An inner exception as the one users see. */
    static SourceException source(String what, IOException e) {
        return e instanceof ClosedByInterruptException
                ? new SourceException(what + ": the thread was interrupted; a later call continues", e)
                : new SourceException(what + ": " + said(e), e);
    }
}
