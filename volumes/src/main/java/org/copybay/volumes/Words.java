package org.copybay.volumes;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Values as words of a command or a table: in double quotes where they need them, with {@code \"}
 * {@code \\} {@code \n}, and {@code \xHH} for one byte of the value's UTF-8 form.
 */
public final class Words {
  private Words() {}

  /** Whether a character cannot stand in an unquoted item of a value. */
  public static boolean endsBare(int character) {
    return character == ' '
        || character == '"'
        || character == '#'
        || character == ','
        || Character.isISOControl(character);
  }

  /** The value as one word: in quotes only where it needs them. */
  public static String word(String value) {
    boolean bare = !value.isEmpty() && value.codePoints().noneMatch(Words::endsBare);
    return bare ? value : quote(value);
  }

  /** A path as a word of a shell's command line, to be typed as it stands. */
  public static String shell(Path path) {
    String text = path.toString();
    if (!text.isEmpty() && text.codePoints().allMatch(Words::isPlain)) {
      return text;
    }
    if (text.codePoints().noneMatch(Character::isISOControl)) {
      return "'" + text.replace("'", "'\\''") + "'";
    }
    StringBuilder quoted = new StringBuilder("$'");
    text.replace("\\", "\\\\").replace("'", "\\'").codePoints().forEach(c -> append(quoted, c));
    return quoted.append("'").toString();
  }

  private static boolean isPlain(int character) {
    return Character.isLetterOrDigit(character) || "/._-+=:,@%".indexOf(character) >= 0;
  }

  /** A text of which no character can end a line or steer a terminal: spaces stand for them. */
  public static String oneLine(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return shown.toString();
  }

  /** The value in quotes. */
  public static String quote(String value) {
    StringBuilder text = new StringBuilder(value.length() + 2).append('"');
    value
        .codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                default -> append(text, character);
              }
            });
    return text.append('"').toString();
  }

  private static void append(StringBuilder text, int character) {
    if (Character.isISOControl(character)) {
      text.append(escape(character));
    } else {
      text.appendCodePoint(character);
    }
  }

  /** The bytes of a character's UTF-8 form, each as {@code \xHH}. */
  public static String escape(int character) {
    StringBuilder text = new StringBuilder();
    for (byte octet : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
      text.append(String.format("\\x%02x", octet));
    }
    return text.toString();
  }
}
