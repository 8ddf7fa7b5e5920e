package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.report.LabelPlacement.Box;
import dev.llmadapt.pilot.report.LabelPlacement.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LabelPlacementTest {
    private static final Box AREA = new Box(0, 0, 600, 380);

    @Test
    void place_freePoint_isBesideIt() {
        LabelPlacement labels = new LabelPlacement(AREA);
        labels.avoid(100, 100, 5);
        Place place = labels.place(100, 100, "words").orElseThrow();
        assertThat(place.led()).isFalse();
        assertThat(place.box().left()).isBetween(105.0, 115.0);
    }

    @Test
    void place_randomCrowds_overlapNeitherPointsNorEachOther() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LabelPlacement labels = new LabelPlacement(AREA);
            double spread = random.nextDouble(0.02, 0.5);
            List<double[]> points = new ArrayList<>();
            List<Box> boxes = new ArrayList<>();
            for (int i = 0; i < 22; i++) {
                double[] point = {
                    300 + spread * random.nextDouble(-300, 300), 190 + spread * random.nextDouble(-190, 190)
                };
                points.add(point);
                boxes.add(new Box(point[0] - 5, point[1] - 5, point[0] + 5, point[1] + 5));
                labels.avoid(point[0], point[1], 5);
            }
            int placed = 0;
            List<Box> taken = new ArrayList<>();
            for (double[] point : points) {
                Optional<Place> place = labels.place(point[0], point[1], "few-shot-nearest(4)");
                if (place.isPresent()) {
                    Box box = place.get().box();
                    assertThat(AREA.holds(box)).as("seed " + seed).isTrue();
                    assertThat(boxes).as("seed " + seed).noneMatch(box::overlaps);
                    assertThat(taken).as("seed " + seed).noneMatch(box::overlaps);
                    taken.add(box);
                    placed++;
                }
            }
            assertThat(placed).as("seed " + seed).isGreaterThan(15);
        }
    }
}
