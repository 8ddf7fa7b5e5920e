/**
 * Heads: linear classifiers that answer tasks of labels, as strategies beside prompting and training.
 *
 * <p>Begin at {@link dev.llmadapt.heads.LinearHead}, the strategy; {@link dev.llmadapt.heads.HeadModel} is the model
 * that it learns, with {@code save} and {@code load}. Behind them {@code Features} turns texts into rows of numbers
 * ({@code WordFeatures}, {@code EmbeddingFeatures}, {@code StateFeatures}), {@code HeadLearning} chooses among them and
 * the regularisation on {@code Folds} of the examples and fits the {@code Calibration} there, a {@code Learner}
 * ({@code Liblinear} or {@code LogisticRegression}) learns a {@code LinearClassifier}, and {@code HeadFolder} and
 * {@code HeadReader} store it. {@link dev.llmadapt.heads.MultiLabelHead} gives a text several labels.
 */
@NullMarked
package dev.llmadapt.heads;

import org.jspecify.annotations.NullMarked;
