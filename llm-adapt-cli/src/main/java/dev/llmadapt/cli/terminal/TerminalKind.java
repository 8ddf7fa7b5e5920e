package dev.llmadapt.cli.terminal;

import java.lang.reflect.InvocationTargetException;
import java.util.Map;

/**
 * The abilities of the terminal at standard output and error.
 *
 * @param interactive whether a line may be written over, and someone is there to see it
 * @param styled whether bold is shown
 * @param width columns of a line, or 0 when nobody folds lines
 */
public record TerminalKind(boolean interactive, boolean styled, int width) {
    private static final int USUAL_WIDTH = 100;

    /** A file or a pipe: no line written over, no styles, no width. */
    public static final TerminalKind PLAIN = new TerminalKind(false, false, 0);

    /**
     * The terminal that this process writes to. {@code NO_COLOR} and {@code TERM=dumb} turn styles off (no-color.org);
     * {@code COLUMNS} is the width where the shell exports it.
     */
    @SuppressWarnings("SystemConsoleNull") // isTerminal tells where null no longer does
    public static TerminalKind detect(Map<String, String> environment) {
        java.io.Console console = System.console();
        if (console == null || !isTerminal(console)) {
            return PLAIN;
        }
        boolean dumb = "dumb".equals(environment.get("TERM"));
        boolean styled = !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new TerminalKind(!dumb, styled, width(environment.getOrDefault("COLUMNS", "")));
    }

    private static int width(String columns) {
        return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
    }

    /** From JDK 22 on there may be a console without a terminal, and a method that tells. */
    private static boolean isTerminal(java.io.Console console) {
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
