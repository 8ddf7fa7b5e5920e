package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.TextSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A scheduler that runs the answers of all callers together over one session (continuous batching; Yu et al. 2022,
 * Orca), without a thread of its own: whichever caller waits for a token runs the next turn for everyone, the others
 * find their token when it is over. A {@link Turn} reads a piece of one new prompt, then steps every answer by a token.
 *
 * <p>Shared instructions and examples are read once, see {@link CacheRows}. Only prompt tokens are reused, and always
 * read at least two at a time: that way the engine uses the same kernel for them each time, and an answer does not
 * depend on what was asked before, to the bit.
 *
 * <p>Answers and scorings begin in the order of a {@link WaitingLine} (see {@link Underway}), as soon as there is a row
 * and memory for all of their tokens; the next one, if it has to wait, lets none pass, so that long prompts are not
 * kept waiting by short ones for ever. A scoring runs in pieces, between which the answers under way go on.
 *
 * <p>Thread-safe.
 */
final class Scheduler implements AutoCloseable {
    /** The most tokens of all slots together that one prompt is copied to for scoring; bounds the memory it takes. */
    private static final int COPIED = 2048;

    private final TextSession session;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final CacheRows rows; // changed by the turn, or with the lock between turns
    private final Underway underway; // guarded by lock
    private final Turn turn; // one at a time, without the lock
    private boolean running; // guarded by lock: a turn or a scoring is under way
    private boolean closed; // guarded by lock

    Scheduler(TextSession session, Admission admission) {
        this.session = session;
        this.rows = new CacheRows(session, admission.together());
        this.underway = new Underway(session, rows, admission);
        this.turn = new Turn(session, rows);
    }

    /**
     * Queues an answer.
     *
     * @param prompt at least one token after the mix's virtual ones
     * @param mix the adapters that act on it
     * @param maxTokens the most tokens of the answer
     * @param report what its steps say of their tokens
     * @param time who asked, and until when
     * @throws OverloadedException if too many wait
     * @throws IllegalArgumentException if prompt and answer can never fit into the context or the memory
     */
    Sequence start(int[] prompt, AdapterMix mix, int maxTokens, Chooser chooser, Report report, RequestTime time) {
        requireRoom(prompt.length + 1);
        int most = Math.min(maxTokens, session.maxCapacity() - prompt.length);
        rows.requirePossible(prompt.length, prompt.length + most);
        Sequence sequence = new Sequence(prompt, mix, most, chooser, report, time);
        lock.lock();
        try {
            requireOpen();
            underway.add(sequence);
        } finally {
            lock.unlock();
        }
        return sequence;
    }

    /** Returns the next token of an answer, or why there is none; runs turns until then if nobody else does. */
    Sequence.Step next(Sequence sequence) {
        lock.lock();
        try {
            while (true) {
                if (Thread.currentThread().isInterrupted() || sequence.time().over()) {
                    return Sequence.Step.over(Sequence.End.INTERRUPTED);
                }
                if (sequence.time().trace().hasNews()) {
                    return Sequence.Step.BEGUN; // so that it is told without the lock
                }
                Sequence.Step ready = sequence.out.poll();
                if (ready != null) {
                    return ready;
                }
                if (sequence.failure != null) {
                    throw sequence.failure;
                }
                requireOpen();
                if (running || !turn(true)) {
                    await(sequence.time());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Sequence.Step.over(Sequence.End.INTERRUPTED);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change or the end of a time; its callers look again what it is. */
    @SuppressWarnings("WaitNotInLoop")
    private void await(RequestTime time) throws InterruptedException {
        if (time.limited()) {
            changed.await(time.left(), TimeUnit.NANOSECONDS);
        } else {
            changed.await();
        }
    }

    /** Gives an answer's slot back; its owner calls this whatever happened. */
    void end(Sequence sequence) {
        lock.lock();
        try {
            sequence.released = true;
            if (!running) {
                dropReleased();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Scores continuations, and none of the prompt's own tokens. */
    List<double[]> score(int[] prompt, AdapterMix mix, List<int[]> continuations, RequestTime time) {
        return score(prompt, prompt.length, mix, continuations, time).continuations();
    }

    /**
     * Returns the log-probabilities of the tokens of each continuation after a prompt, which is read once; where the
     * session reads no trees it is copied to slots that are free, so that several continuations are read together.
     * Between two runs of the engine, answers under way get a turn.
     *
     * @param first the first token of the prompt that is scored too, after at least one; its length for none
     * @param time who asked, and until when
     * @throws CancellationException if the thread is interrupted, whose interrupt status stays set, or the time is over
     * @throws OverloadedException if too many wait
     */
    Scorer.Scored score(int[] prompt, int first, AdapterMix mix, List<int[]> continuations, RequestTime time) {
        int longest = continuations.stream().mapToInt(ids -> ids.length).max().orElse(0);
        int tokens = prompt.length + longest;
        requireRoom(tokens);
        rows.requirePossible(prompt.length, tokens);
        int useful = session.readsTrees() ? 1 : Math.min(Scorer.usefulSlots(continuations), COPIED / tokens);
        Waiting.Scoring scoring = new Waiting.Scoring(prompt, mix, tokens, time);
        List<CacheRows.Slot> held = new ArrayList<>();
        lock.lock();
        try {
            requireOpen();
            underway.add(scoring);
            while (true) {
                requireOpen();
                cancelIfOver(scoring);
                CacheRows.Slot slot = running ? null : underway.begin(scoring);
                if (slot != null) {
                    held.add(slot);
                    break;
                }
                if (running || !turn(true)) {
                    await(time);
                }
            }
            underway.requireInputs(mix);
            for (CacheRows.Slot spare; held.size() < useful; held.add(spare)) {
                spare = rows.claimSpare(prompt, mix, tokens);
                if (spare == null) {
                    break;
                }
            }
            running = true;
            lock.unlock();
            try {
                time.trace().tell();
                return turn.score(held, scoring, first, continuations, () -> giveWay(scoring, held));
            } catch (InferenceException e) {
                held.stream().filter(rows::isThere).forEach(rows::clear);
                throw e;
            } finally {
                lock.lock();
                running = false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while scoring");
        } finally {
            underway.end(scoring, held);
            if (!running) {
                dropReleased();
            }
            changed.signalAll();
            lock.unlock();
        }
    }

    private static void cancelIfOver(Waiting.Scoring scoring) throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
        if (scoring.time().over()) {
            throw new CancellationException(
                    "the time limit of " + scoring.time().scheduling().timeLimit() + " passed while scoring");
        }
    }

    /** Lets the answers under way go on by a turn, while a scoring pauses between two runs. */
    private void giveWay(Waiting.Scoring scoring, List<CacheRows.Slot> held) throws InterruptedException {
        cancelIfOver(scoring);
        lock.lock();
        try {
            requireOpen();
            turn(false);
        } finally {
            running = true; // the scoring's; nobody ran in between, as the lock was held or a turn of this thread ran
            lock.unlock();
        }
        if (!held.stream().allMatch(rows::isThere)) {
            throw new InferenceException("there is no memory any more for what is scored");
        }
    }

    /**
     * Runs one turn; called with the lock, which it gives up while the engine runs.
     *
     * @param scoringMayBegin whether the turn is left out where a scoring is the next to begin, whose caller is on the
     *     way
     * @return false if there is nothing to do before something else changes
     */
    private boolean turn(boolean scoringMayBegin) {
        dropReleased();
        boolean more = underway.beginAnswers();
        if (scoringMayBegin && !more && underway.scoringMayBegin()) {
            return false;
        }
        List<Sequence> live = underway.answers();
        if (live.isEmpty()) {
            return false;
        }
        running = true;
        lock.unlock();
        Map<Sequence, List<Sequence.Step>> steps = new HashMap<>();
        RuntimeException failure = null;
        SchedulerStepEvent event = new SchedulerStepEvent();
        event.begin();
        try {
            settle(live);
            turn.run(live.stream().filter(s -> !s.over).toList(), steps);
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            event.end();
            lock.lock();
            running = false;
            changed.signalAll();
        }
        event.record(live.size(), turn.promptTokens(), steps);
        for (Sequence sequence : live) {
            sequence.out.addAll(steps.getOrDefault(sequence, List.of()));
            if (failure != null && sequence.failure == null) {
                sequence.fail(failure);
            }
            if (sequence.over) {
                underway.release(sequence);
            }
        }
        dropReleased();
        return true;
    }

    /** Changes the cache to the size for all answers; those for which there is no memory end, the others go on. */
    private void settle(List<Sequence> live) {
        try {
            rows.settle();
        } catch (InferenceException e) {
            for (Sequence sequence : live) {
                if (!rows.isThere(sequence.slot())) {
                    sequence.fail(e);
                }
            }
        }
    }

    /** Replaces the engine between two turns; answers under way do not notice. */
    void adopt(Engine engine) {
        between(() -> session.adopt(engine));
    }

    /** Replaces the engine if no answer under way uses an adapter; returns whether it did. */
    boolean adoptForBase(Engine engine) {
        boolean[] adopted = {false};
        between(() -> {
            if (!usesAdapters()) {
                session.adopt(engine);
                adopted[0] = true;
            }
        });
        return adopted[0];
    }

    private void between(Runnable change) {
        lock.lock();
        try {
            while (running) {
                changed.awaitUninterruptibly();
            }
            requireOpen();
            change.run();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * Forgets an adapter that no request will name again: between two turns, and when no answer under way has it. Does
     * not wait for either.
     */
    void forget(PreparedAdapter adapter) {
        lock.lock();
        try {
            underway.unload(adapter);
            if (!running) {
                dropReleased();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether an answer or a scoring under way uses an adapter. */
    boolean usesAdapters() {
        lock.lock();
        try {
            return underway.usesAdapters();
        } finally {
            lock.unlock();
        }
    }

    private void dropReleased() {
        underway.dropReleased(closed);
        changed.signalAll();
    }

    /** Returns the bytes of a row of so many tokens. */
    long bytes(int tokens) {
        return session.bytes(new int[] {tokens});
    }

    /** Counts of what waits and runs; those of the rows as of about now, since a turn may be changing them. */
    Load load() {
        lock.lock();
        try {
            return underway.load(closed);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the most bytes of all rows. */
    long memory() {
        return session.memory();
    }

    private void requireRoom(int tokens) {
        if (tokens > session.maxCapacity()) {
            throw new IllegalArgumentException("the prompt and its answer need at least " + tokens
                    + " tokens, the context holds " + session.maxCapacity()
                    + "; shorten the prompt or open the model with a larger context length");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed; open it again to use it");
        }
    }

    /** Waits for the turn under way, then closes the session; answers under way fail. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            while (running) {
                changed.awaitUninterruptibly();
            }
            session.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
