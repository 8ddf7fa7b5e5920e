package dev.llmadapt.flink;

import org.apache.flink.configuration.DescribedEnum;
import org.apache.flink.configuration.description.InlineElement;
import org.apache.flink.configuration.description.TextElement;

/**
 * What becomes of a row that cannot be answered, by the words of Flink's own model providers. There is no
 * {@code retry}: the same row fails again here. What says nothing about a row, such as a model that cannot be opened,
 * always fails the job.
 */
public enum ErrorHandlingStrategy implements DescribedEnum {
    /** The job fails, and Flink's restart strategy decides about it. */
    FAILOVER("The job fails."),
    /** The row has no answer: its error is in a column where the model has one, else it is logged and left out. */
    IGNORE("The row has its error in the column 'error-string', or is logged and left out where there is none.");

    private final String description;

    ErrorHandlingStrategy(String description) {
        this.description = description;
    }

    @Override
    public InlineElement getDescription() {
        return TextElement.text(description);
    }
}
