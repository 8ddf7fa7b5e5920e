/**
 * Questions about a text whose possible answers are known beforehand: yes or no, one of several options, a level on a
 * scale. The answer is a distribution over them, from scores, not a text.
 *
 * <pre>{@code
 * QuestionModel questions = QuestionModel.of(model);
 * QuestionAnswer urgent = questions.answer(mail, new Question.YesNo("Is this urgent?")).get(0);
 * System.out.println(urgent.yes());
 * }</pre>
 */
@NullMarked
package dev.llmadapt.prompting.question;

import org.jspecify.annotations.NullMarked;
