package dev.llmadapt.peft.data;

/**
 * Kinds of personal data that are told by their form. What matches is likely, not surely, personal data; names,
 * addresses and the like have no form and are not found.
 */
public enum PersonalData {
    /** {@code name@host.tld}. */
    EMAIL,
    /** International bank account numbers (ISO 13616) of the right length for their country, check digits verified. */
    IBAN,
    /** 13 to 19 digits with a card network's beginning and a right Luhn digit (ISO/IEC 7812). */
    CREDIT_CARD,
    /**
     * IPv4 addresses but those of no one (such as 127.0.0.1), and IPv6 addresses. A version of four numbers looks the
     * same.
     */
    IP_ADDRESS,
    /**
     * United States social security numbers written with hyphens, and German tax identification numbers with a right
     * check digit (ISO/IEC 7064, MOD 11,10).
     */
    NATIONAL_ID,
    /**
     * Telephone numbers: international with a plus, North American in 3-3-4 digits, German with a separated area code.
     */
    PHONE;

    /** The text that replaces an occurrence: the name in angle brackets. */
    public String placeholder() {
        return "<" + name() + ">";
    }
}
