package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FoldsTest {
    @Test
    void stratified_anyLabels_spreadsEachEvenlyAndNeverHoldsOutAllOfOne() {
        int[] labels = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3};
        Folds folds = Folds.stratified(labels, 4, 5, 7);

        assertThat(folds.count()).isEqualTo(5);
        assertThat(folds.of()[17]).as("the only one of its label").isEqualTo(Folds.NEVER);
        for (int fold = 0; fold < 5; fold++) {
            assertThat(folds.heldOut(fold)).hasSizeBetween(3, 4);
            assertThat(Arrays.stream(folds.heldOut(fold))
                            .filter(i -> labels[i] == 0)
                            .count())
                    .isBetween(2L, 3L);
            assertThat(Arrays.stream(folds.learned(fold))
                            .map(i -> labels[i])
                            .distinct()
                            .toArray())
                    .hasSize(4);
            assertThat(folds.learned(fold).length + folds.heldOut(fold).length).isEqualTo(labels.length);
        }
        assertThat(Folds.stratified(labels, 4, 5, 7)).usingRecursiveComparison().isEqualTo(folds);
        assertThat(Folds.stratified(labels, 4, 5, 8).of()).isNotEqualTo(folds.of());
    }

    @Test
    void stratified_fewExamples_hasFewerFolds() {
        assertThat(Folds.stratified(new int[] {0, 1, 0, 1, 0}, 2, 5, 0).count()).isEqualTo(3);
        assertThat(Folds.stratified(new int[] {0, 1, 2}, 3, 5, 0).count()).isZero();
    }
}
