package org.copybay.control.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Sizes as people write them: bytes, or a number with K M G T P for powers of 1024 (KiB and so on
 * mean the same), or b for blocks of 512 bytes.
 */
public final class Sizes {
  private static final Pattern SIZE = Pattern.compile("([0-9]+)([KMGTPkmgtp](?:iB)?|b|)");
  private static final String UNITS = "KMGTP";
  private static final long BLOCK = 512;

  private Sizes() {}

  /** The number of bytes, or BAD_REQUEST, or OUT_OF_RANGE beyond 8 EiB. */
  public static long parse(String text) throws StorageException {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "\""
              + text
              + "\" is no size; write bytes, or a whole number with K M G T P (powers of"
              + " 1024) or b (blocks of 512)",
          "for instance 4G, 512M or 8388608b");
    }
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher.group(2)));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new StorageException(
          Fault.OUT_OF_RANGE, "\"" + text + "\" is more than 8 EiB, which no file can hold");
    }
  }

  private static long unit(String suffix) {
    if (suffix.isEmpty()) {
      return 1;
    }
    if (suffix.equals("b")) {
      return BLOCK;
    }
    char letter = suffix.toUpperCase(Locale.ROOT).charAt(0);
    return 1L << (10 * (UNITS.indexOf(letter) + 1));
  }

  /** The size for people, in the largest unit that fits, with one decimal: 1.5 GiB. */
  public static String human(long bytes) {
    int power = 0;
    while (power < UNITS.length() && bytes >> (10 * (power + 1)) > 0) {
      power++;
    }
    if (power == 0) {
      return bytes + " bytes";
    }
    double value = (double) bytes / (1L << (10 * power));
    return String.format(Locale.ROOT, "%.1f %ciB", value, UNITS.charAt(power - 1));
  }
}
