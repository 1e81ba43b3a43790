package org.copybay.control.command;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads values in double quotes, as {@link org.copybay.volumes.Words} writes them. */
final class Quoting {
  private Quoting() {}

  /** The value of a quoted text and the index behind its closing quote. */
  record Quoted(String value, int end) {}

  /** Reads the quoted text whose opening quote stands at {@code start}. */
  static Quoted unquote(String line, int start) throws RefusedException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    int index = start + 1;
    while (index < line.length()) {
      int character = line.codePointAt(index);
      if (character == '"') {
        return new Quoted(decode(octets, start), index + 1);
      }
      if (character == '\\') {
        octets.write(escaped(line, index));
        index += line.charAt(index + 1) == 'x' ? 4 : 2;
      } else if (Character.isISOControl(character) && character != '\t') {
        throw RefusedException.badRequest(
            index, String.format("control character 0x%02x; write it as \\xHH", character));
      } else {
        octets.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
        index += Character.charCount(character);
      }
    }
    throw RefusedException.badRequest(start, "this quote is not closed");
  }

  private static int escaped(String line, int backslash) throws RefusedException {
    char kind = backslash + 1 < line.length() ? line.charAt(backslash + 1) : ' ';
    return switch (kind) {
      case '"', '\\' -> kind;
      case 'n' -> '\n';
      case 'x' -> octet(line, backslash);
      default ->
          throw RefusedException.badRequest(
              backslash, "unknown escape; known are \\\" \\\\ \\n and \\xHH");
    };
  }

  private static int octet(String line, int backslash) throws RefusedException {
    int high = digit(line, backslash + 2);
    int low = digit(line, backslash + 3);
    if (high < 0 || low < 0) {
      throw RefusedException.badRequest(backslash, "\\x needs two hexadecimal digits");
    }
    return high * 16 + low;
  }

  private static int digit(String line, int index) {
    // Only ASCII: Character.digit also knows the digits of other scripts.
    return index < line.length() && line.charAt(index) < 128
        ? Character.digit(line.charAt(index), 16)
        : -1;
  }

  private static String decode(ByteArrayOutputStream octets, int start) throws RefusedException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(octets.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw RefusedException.badRequest(start, "the bytes of this value are not UTF-8");
    }
  }
}
