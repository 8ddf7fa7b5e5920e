package dev.llmadapt.local.source;

import dev.llmadapt.Progress;
import dev.llmadapt.natives.CacheFolders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** Locks between processes, and space on the disk. */
public final class Disk {
    /** A file lock belongs to the whole JVM, so threads need one of their own before it. */
    private static final ConcurrentMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    private Disk() {}

    /** Something to do alone. */
    public interface Action<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /**
     * Runs an action while no other thread or process does so under the same lock file. The file stays: deleting it
     * would let two hold "the" lock, one on the old file and one on the new.
     *
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted while it waits
     */
    public static <T> T locked(Path lockFile, Progress progress, Action<T> action) throws IOException {
        Path absolute = lockFile.toAbsolutePath().normalize();
        ReentrantLock threads = LOCKS.computeIfAbsent(absolute, p -> new ReentrantLock());
        try {
            threads.lockInterruptibly();
        } catch (InterruptedException e) {
            throw Http.interrupted();
        }
        try (FileChannel channel = open(absolute)) {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                progress.report("wait for another process", 0, 0);
                try {
                    lock = channel.lock();
                } catch (java.nio.channels.FileLockInterruptionException e) {
                    throw Http.interrupted();
                }
            }
            try {
                return action.run();
            } finally {
                if (channel.isOpen()) {
                    lock.release();
                }
            }
        } finally {
            threads.unlock();
        }
    }

    private static FileChannel open(Path lockFile) throws IOException {
        try {
            Files.createDirectories(lockFile.getParent());
            return FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (FileSystemException e) {
            throw new Http.FinalException("the cache folder " + lockFile.getParent() + " cannot be written (" + e
                    + "); " + CacheFolders.ADVICE + " (for models of the hub, HF_HUB_CACHE)");
        }
    }

    /** Refuses a download that the disk cannot hold. */
    static void requireSpace(Path file, long bytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        long free = Files.getFileStore(folder).getUsableSpace();
        // Some file systems answer 0 or less for "unknown".
        if (free > 0 && bytes > free) {
            throw new Http.FinalException(
                    "the disk of " + folder + " has " + free + " bytes free, but " + bytes
                            + " are needed; free some, or name another folder in LLM_ADAPT_CACHE (for models of the hub, HF_HUB_CACHE)");
        }
    }
}
