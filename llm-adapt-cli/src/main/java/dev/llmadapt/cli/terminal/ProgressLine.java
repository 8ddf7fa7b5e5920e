package dev.llmadapt.cli.terminal;

import dev.llmadapt.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Says how far long work has come and how long it may still take: on a terminal one line that is written over,
 * elsewhere a line now and then, when a stage begins and while it lasts. Not thread-safe.
 */
public final class ProgressLine implements Progress, AutoCloseable {
    private static final long SECOND = 1_000_000_000L;
    private static final long REDRAW = SECOND / 10;
    /** Between the lines of one stage, where lines are not written over. */
    private static final long SPARSE = 30 * SECOND;
    /** Between any two such lines: a file with one for each short stage is read by nobody. */
    private static final long LEAST = 10 * SECOND;

    private static final int BAR = 20;

    private final PrintStream out;
    private final TerminalKind terminal;
    private final LongSupplier nanoClock;
    private String stage = "";
    private String shown = "";
    private long stageStart;
    private String detail = "";
    private long stageBase;
    private long lastShown;
    private int drawn;

    /**
     * A line of progress on a stream.
     *
     * @param out where to write, not closed
     * @param terminal what it can show
     * @param nanoClock the time in nanoseconds
     */
    public ProgressLine(PrintStream out, TerminalKind terminal, LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
    }

    @Override
    public void report(String newStage, long done, long total) {
        long now = nanoClock.getAsLong();
        boolean begins = !newStage.equals(stage);
        if (begins) {
            stage = newStage;
            stageStart = now;
            // A download that goes on where it stopped begins in the middle: what was there is no measure of speed.
            stageBase = done;
        }
        boolean ends = total > 0 && done >= total;
        if (!due(begins, ends, now)) {
            return;
        }
        shown = stage;
        lastShown = now;
        show(line(done, total, now));
    }

    private boolean due(boolean begins, boolean ends, long now) {
        long since = now - lastShown;
        if (terminal.interactive()) {
            return begins || ends || since >= REDRAW;
        }
        return shown.isEmpty() || since >= (stage.equals(shown) ? SPARSE : LEAST);
    }

    /** Says more of the work, at the end of the line from the next report on; empty for nothing. */
    public void detail(String text) {
        detail = text;
    }

    /** Removes the line from a terminal, so that what follows begins on an empty one. */
    @Override
    public void close() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }

    private void show(String line) {
        if (!terminal.interactive()) {
            out.println(line);
            return;
        }
        // The last column stays free: some terminals fold a full line.
        int room = terminal.width() > 1 ? terminal.width() - 1 : Integer.MAX_VALUE;
        String cut = line.length() > room ? line.substring(0, room) : line;
        out.print("\r" + cut + " ".repeat(Math.max(0, drawn - cut.length())));
        out.flush();
        drawn = cut.length();
    }

    private String line(long done, long total, long now) {
        StringBuilder line = new StringBuilder(stage);
        if (total <= 0) {
            return done > 0 ? line.append(' ').append(amount(done)).toString() : line.toString();
        }
        if (terminal.interactive()) {
            int filled = (int) Math.min(BAR, BAR * done / total);
            line.append(" [")
                    .append("#".repeat(filled))
                    .append(" ".repeat(BAR - filled))
                    .append(']');
        }
        line.append(' ').append(amount(done)).append(" of ").append(amount(total));
        long progressed = done - stageBase;
        if (progressed > 0 && done < total) {
            double left = (double) (now - stageStart) / progressed * (total - done);
            line.append(", ").append(duration((long) (left / SECOND) + 1)).append(" left");
        }
        return line.append(detail.isEmpty() ? "" : ", " + detail).toString();
    }

    /** A number of units in words; bytes, which downloads report, in megabytes. */
    private String amount(long units) {
        if (!stage.startsWith("download") && !stage.contains(": download")) {
            return Long.toString(units);
        }
        return String.format(Locale.ROOT, "%.1f MB", units / 1e6);
    }

    /** Seconds as people say them: {@code 45 s}, {@code 2 min 5 s}, {@code 1 h 10 min}. */
    static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
