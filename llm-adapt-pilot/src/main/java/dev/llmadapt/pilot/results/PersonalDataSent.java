package dev.llmadapt.pilot.results;

/**
 * The personal data in prompts as the language model is sent them: what would leave the machine with a hosted model.
 *
 * @param prompts those that were looked at; 0 where not measured, and where there are none
 * @param affected those that have some
 * @param inMessages what the messages themselves have
 * @param added what examples, passages and instructions add to them; one that each prompt shows is counted each time
 */
public record PersonalDataSent(int prompts, int affected, PersonalData inMessages, PersonalData added) {
    /** Not measured. */
    public static final PersonalDataSent NONE = new PersonalDataSent(0, 0, PersonalData.NONE, PersonalData.NONE);

    /** Whether it was measured. */
    public boolean measured() {
        return prompts > 0;
    }
}
