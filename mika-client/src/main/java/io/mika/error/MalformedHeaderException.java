package io.mika.error;

/** A header's text is not what its reader takes, such as a number. */
public class MalformedHeaderException extends MikaException {
    private static final long serialVersionUID = 1;
    /** Headers may be long; a message should not. */
    private static final int SHOWN = 100;

    /** The header's name. */
    private final String header;

    /** All of what it holds. */
    private final String text;

    /**
     * Makes an exception for one header.
     *
     * @param header the header's name
     * @param text what it holds
     * @param expected what it should hold, with its article: {@code a whole number}
     */
    public MalformedHeaderException(String header, String text, String expected) {
        super("header " + header + ": \"" + shortened(text) + "\" is not " + expected);
        this.header = header;
        this.text = text;
    }

    /**
     * The header's name.
     *
     * @return as it stands in the record
     */
    public final String header() {
        return header;
    }

    /**
     * What the header holds.
     *
     * @return all of it; the message shows at most 100 characters
     */
    public final String text() {
        return text;
    }

    private static String shortened(String text) {
        if (text.codePointCount(0, text.length()) <= SHOWN) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
    }
}
