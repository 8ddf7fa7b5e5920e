package dev.llmadapt.rag.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of changes under a folder, as far as the file system reports them. */
final class FolderEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderEvents.class);
    /** The time without an event that ends a series: files are written piece by piece. */
    private static final long QUIET = 100; // milliseconds

    private final Path folder;
    private final WatchService service;

    private FolderEvents(Path folder, WatchService service) {
        this.folder = folder;
        this.service = service;
    }

    /** Watches a folder and all folders under it; empty if they cannot be watched. */
    static Optional<FolderEvents> open(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        WatchService service = null;
        try {
            service = folder.getFileSystem().newWatchService();
            FolderEvents events = new FolderEvents(folder, service);
            events.register();
            return Optional.of(events);
        } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
            LOG.warn("{} cannot be watched, so it is looked at now and then: {}", folder, e.toString());
            if (service != null) {
                close(service);
            }
            return Optional.empty();
        }
    }

    /** Registers every folder; a registered one stays registered. */
    private void register() throws IOException {
        List<Path> folders;
        try (Stream<Path> all = Files.walk(folder)) {
            folders = all.filter(Files::isDirectory).toList();
        }
        for (Path each : folders) {
            each.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        }
    }

    /** Waits until a series of changes has ended, the time is over, or this is closed. */
    void await(Duration timeout) throws InterruptedException {
        try {
            WatchKey key = service.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            long end = System.nanoTime() + timeout.toNanos();
            while (key != null) {
                key.pollEvents();
                key.reset();
                key = System.nanoTime() < end ? service.poll(QUIET, TimeUnit.MILLISECONDS) : null;
            }
            register(); // folders that are new
        } catch (ClosedWatchServiceException e) {
            // whoever closed it knows
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("new folders under {} are not watched now", folder, e);
        }
    }

    @Override
    public void close() {
        close(service);
    }

    private static void close(WatchService service) {
        try {
            service.close();
        } catch (IOException e) {
            LOG.debug("a watch cannot be closed", e);
        }
    }
}
