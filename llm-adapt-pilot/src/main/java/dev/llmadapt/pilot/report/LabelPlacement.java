package dev.llmadapt.pilot.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Places for the labels of points such that no two overlap and none covers a point: beside its point where that is
 * free, else at the nearest free place of a few, with a line that leads there.
 */
final class LabelPlacement {
    /** The width of a letter, rather too much: nobody measures the text before it is shown. */
    static final double LETTER = 6.9;

    static final double LINE = 15;
    private static final double[] DISTANCES = {10, 22, 36, 52, 70, 90, 115, 140, 170};
    private static final int DIRECTIONS = 16;

    private final Box area;
    private final List<Box> taken = new ArrayList<>();

    LabelPlacement(Box area) {
        this.area = area;
    }

    /** A rectangle. */
    record Box(double left, double top, double right, double bottom) {
        boolean overlaps(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        boolean holds(Box other) {
            return left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom;
        }
    }

    /**
     * A place.
     *
     * @param box of the label
     * @param led whether a line must lead there from the point
     */
    record Place(Box box, boolean led) {}

    /** Keeps labels away from a point. */
    void avoid(double x, double y, double radius) {
        taken.add(new Box(x - radius, y - radius, x + radius, y + radius));
    }

    /** A place for the label of a point, which is taken then; empty where none of those tried is free. */
    Optional<Place> place(double x, double y, String text) {
        double width = LETTER * text.codePointCount(0, text.length());
        for (double distance : DISTANCES) {
            for (int turn = 0; turn < DIRECTIONS; turn++) {
                // to the right first, then alternately above and below
                double angle = (turn % 2 == 0 ? 1 : -1) * ((turn + 1) / 2) * 2 * Math.PI / DIRECTIONS;
                double dx = Math.cos(angle);
                double centre = x + distance * dx;
                double left = dx > 0.3 ? centre : dx < -0.3 ? centre - width : centre - width / 2;
                double middle = y + distance * Math.sin(angle);
                Box box = new Box(left, middle - LINE / 2, left + width, middle + LINE / 2);
                if (area.holds(box) && taken.stream().noneMatch(box::overlaps)) {
                    taken.add(box);
                    return Optional.of(new Place(box, distance > DISTANCES[0]));
                }
            }
        }
        return Optional.empty();
    }
}
