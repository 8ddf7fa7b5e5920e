package dev.llmadapt.pilot.results;

import dev.llmadapt.pilot.statistics.Interval;
import java.time.Duration;

/**
 * A point of a learning curve.
 *
 * @param trainExamples examples to learn from
 * @param testExamples examples answered
 * @param quality the mean of the scores
 * @param interval where it lies with 95 % confidence
 * @param adaptTime how long adapting took
 */
public record CurvePoint(int trainExamples, int testExamples, double quality, Interval interval, Duration adaptTime) {}
