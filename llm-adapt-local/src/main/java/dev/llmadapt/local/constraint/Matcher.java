package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.CompiledConstraint.Engine;
import java.io.ByteArrayOutputStream;

/**
 * The state of one answer under a constraint: which tokens may come next, and whether it may or must end. Not
 * thread-safe; matchers of the same constraint may be used by several threads.
 */
public final class Matcher implements TokenMatcher {
    private final Vocabulary vocabulary;
    private final Engine engine;
    private Config at;

    Matcher(Vocabulary vocabulary, Engine engine) {
        this.vocabulary = vocabulary;
        this.engine = engine;
        this.at = engine.automaton.start();
    }

    /**
     * Tells which tokens may come next: those whose bytes a text that fits may go on with. Special tokens, which have
     * no bytes, never may.
     *
     * @param mask the tokens by id, {@code mask[id / 64] >>> id & 1}, at least {@link Vocabulary#words} long; filled
     * @throws ConstraintException if telling takes more memory than a constraint may
     */
    @Override
    public void mask(long[] mask) {
        synchronized (engine) {
            long[] kept;
            engine.automaton.regexes.begin();
            try {
                kept = engine.masks.of(at);
            } catch (StackOverflowError e) {
                throw Engine.tooDeep();
            }
            System.arraycopy(kept, 0, mask, 0, kept.length);
        }
    }

    /**
     * Goes on by a token.
     *
     * @return whether it may come here; if not, nothing changes
     */
    @Override
    public boolean accept(int token) {
        byte[] bytes = vocabulary.bytes(token);
        return bytes.length > 0 && accept(bytes);
    }

    /**
     * Goes on by bytes.
     *
     * @return whether they may come here; if not, nothing changes
     * @throws ConstraintException if telling takes more memory than a constraint may
     */
    public boolean accept(byte[] bytes) {
        synchronized (engine) {
            engine.automaton.regexes.begin();
            Config next = at;
            for (byte each : bytes) {
                next = engine.automaton.next(next, Byte.toUnsignedInt(each));
                if (next.isDead()) {
                    return false;
                }
            }
            at = next;
            return true;
        }
    }

    /** Whether the text may end here. */
    @Override
    public boolean mayEnd() {
        return at.accepting;
    }

    /** Whether the text must end here, because nothing may follow. */
    @Override
    public boolean mustEnd() {
        if (at.threads() == 0 || !at.accepting) {
            return at.threads() == 0;
        }
        synchronized (engine) {
            engine.automaton.regexes.begin();
            return engine.automaton.isOver(at);
        }
    }

    @Override
    public byte[] forced(int most) {
        synchronized (engine) {
            engine.automaton.regexes.begin();
            ByteArrayOutputStream forced = new ByteArrayOutputStream();
            for (Config next = at; forced.size() < most && !next.accepting; ) {
                int only = -1;
                for (int value = 0; value < 256; value++) {
                    if (!engine.automaton.next(next, value).isDead()) {
                        if (only >= 0) {
                            return forced.toByteArray();
                        }
                        only = value;
                    }
                }
                forced.write(only);
                next = engine.automaton.next(next, only);
            }
            return forced.toByteArray();
        }
    }
}
