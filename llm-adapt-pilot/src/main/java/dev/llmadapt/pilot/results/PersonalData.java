package dev.llmadapt.pilot.results;

/**
 * The number of personal data in texts, by kind. Numbers are checked: a card by its issuer's length and the check digit
 * of Luhn (ISO/IEC 7812), an account by the check digits of the IBAN (ISO 13616), a telephone number by how it is
 * written, since any number could be one. Names and addresses are not looked for.
 *
 * @param emails addresses of e-mail
 * @param phones telephone numbers: with a country's code, with a leading zero, or as (555) 010-0199
 * @param ibans account numbers
 * @param cards numbers of payment cards
 */
public record PersonalData(int emails, int phones, int ibans, int cards) {
    /** None of any kind. */
    public static final PersonalData NONE = new PersonalData(0, 0, 0, 0);

    /** The sum of two counts. */
    public PersonalData plus(PersonalData other) {
        return new PersonalData(emails + other.emails, phones + other.phones, ibans + other.ibans, cards + other.cards);
    }

    /** What is in these beyond others, none of a kind at least. */
    public PersonalData beyond(PersonalData other) {
        return new PersonalData(
                Math.max(0, emails - other.emails),
                Math.max(0, phones - other.phones),
                Math.max(0, ibans - other.ibans),
                Math.max(0, cards - other.cards));
    }

    /** The number of all kinds together. */
    public int total() {
        return emails + phones + ibans + cards;
    }
}
