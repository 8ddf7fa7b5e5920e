package dev.llmadapt.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Names that become values of tags: the first so many as they are, all others as one. Thread-safe. */
final class BoundedNames {
    /** What stands for the others. */
    static final String OTHER = "_OTHER";

    private final int most;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    BoundedNames(int most) {
        this.most = most;
    }

    /** Returns a name, or what stands for the others. */
    String of(String name) {
        if (known.contains(name)) {
            return name;
        }
        synchronized (this) { // so that there are never more
            if (known.size() < most || known.contains(name)) {
                known.add(name);
                return name;
            }
            return OTHER;
        }
    }
}
