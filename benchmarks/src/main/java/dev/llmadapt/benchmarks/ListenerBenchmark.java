package dev.llmadapt.benchmarks;

import dev.llmadapt.micrometer.MetricsListener;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestObserver;
import dev.llmadapt.observation.RequestTrace;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to tell of one request, from when it comes to its end, with an answer of 100 tokens. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class ListenerBenchmark {
    private static final int TOKENS = 100;

    /** Who hears: nobody, {@link MetricsListener}, or the Flight Recorder. */
    @Param({"nobody", "metrics", "recorder"})
    public String listener;

    private RequestObserver observer;
    private @Nullable Recording recording;

    /** Starts who hears. */
    @Setup
    public void open() {
        ModelListener hears =
                listener.equals("metrics") ? new MetricsListener(new SimpleMeterRegistry()) : ModelListener.NONE;
        observer = RequestObserver.inProcess(hears, "model");
        if (listener.equals("recorder")) {
            recording = new Recording();
            recording.start();
        }
    }

    /** Stops the recording. */
    @TearDown
    public void close() {
        if (recording != null) {
            recording.close();
        }
    }

    /** One request. */
    @Benchmark
    public RequestTrace request() {
        RequestTrace trace = observer.begin(Operation.CHAT, 0);
        trace.queued(List.of());
        trace.begun();
        for (int i = 0; i < TOKENS; i++) {
            trace.tell();
            trace.firstToken();
        }
        trace.finished("stop", 50, TOKENS);
        return trace;
    }
}
