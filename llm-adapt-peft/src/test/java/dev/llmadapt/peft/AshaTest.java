package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class AshaTest {
    private static List<Asha.Job> jobs(int configurations, ToDoubleFunction<Asha.Job> value) {
        Asha asha = new Asha(configurations, 3, 3);
        List<Asha.Job> jobs = new ArrayList<>();
        for (Optional<Asha.Job> job = asha.next(); job.isPresent(); job = asha.next()) {
            jobs.add(job.get());
            asha.done(job.get(), value.applyAsDouble(job.get()));
        }
        return jobs;
    }

    private static long on(List<Asha.Job> jobs, int rung) {
        return jobs.stream().filter(job -> job.rung() == rung).count();
    }

    /** As in the paper's figure 2: whoever is in the best third goes on at once. */
    @Test
    void next_threeOnARung_promotesTheBestOfThem() {
        List<Asha.Job> jobs = jobs(9, job -> job.configuration() == 1 ? 1 : -job.configuration());
        assertThat(jobs.subList(0, 4))
                .containsExactly(new Asha.Job(0, 0), new Asha.Job(1, 0), new Asha.Job(2, 0), new Asha.Job(1, 1));
        assertThat(on(jobs, 0)).isEqualTo(9);
        assertThat(on(jobs, 1)).isEqualTo(3);
        assertThat(on(jobs, 2)).isEqualTo(1);
    }

    @Test
    void next_laterIsBetter_isPromotedThoughOthersWereBefore() {
        List<Asha.Job> jobs = jobs(9, Asha.Job::configuration);
        assertThat(jobs).contains(new Asha.Job(8, 1), new Asha.Job(8, 2));
    }

    @Test
    void next_fewerThanAThirdOfAnything_theBestClimbsInTheEnd() {
        List<Asha.Job> jobs = jobs(2, Asha.Job::configuration);
        assertThat(jobs)
                .containsExactly(new Asha.Job(0, 0), new Asha.Job(1, 0), new Asha.Job(1, 1), new Asha.Job(1, 2));
    }

    @Test
    void next_allFailed_promotesNone() {
        assertThat(jobs(4, job -> Double.NEGATIVE_INFINITY)).hasSize(4);
    }
}
