package org.copybay.control.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Spans of time as people write them: 30s, 15m, 12h, 7d. */
public final class Times {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})([smhd])");

  private Times() {}

  /** The span, or BAD_REQUEST. */
  public static Duration parse(String text) throws StorageException {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "\"" + text + "\" is no time; write a whole number with s, m, h or d",
          "for instance 30s, 15m, 12h or 7d");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** The span for people: 2h03m, 4m10s, 12s. */
  public static String human(long seconds) {
    if (seconds >= 3600) {
      return String.format("%dh%02dm", seconds / 3600, seconds % 3600 / 60);
    }
    return seconds >= 60 ? String.format("%dm%02ds", seconds / 60, seconds % 60) : seconds + "s";
  }
}
