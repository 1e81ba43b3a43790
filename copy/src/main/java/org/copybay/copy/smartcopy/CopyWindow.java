package org.copybay.copy.smartcopy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * When copies of a policy may begin, in UTC: on some days from a time on, for so long (Command View
 * VLS, "Policy window": start day, start time, duration).
 *
 * @param text as it was given
 * @param days on which it opens
 * @param start when it opens
 * @param length how long it stays open, less than a week
 */
public record CopyWindow(String text, Set<DayOfWeek> days, LocalTime start, Duration length) {
  private static final Pattern FORM =
      Pattern.compile("([a-z,-]+) ([0-2][0-9]):([0-5][0-9]) ([0-9]{1,3})([mh])");
  private static final List<String> NAMES =
      List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final Duration WEEK = Duration.ofDays(7);

  /** The window of a text such as "mon-fri 22:00 8h" or "daily 01:00 90m". BAD_REQUEST. */
  public static CopyWindow parse(String asked) throws StorageException {
    String text = asked.strip().toLowerCase(Locale.ROOT).replaceAll(" +", " ");
    Matcher form = FORM.matcher(text);
    if (form.matches() && Integer.parseInt(form.group(2)) < 24) {
      Set<DayOfWeek> days = days(form.group(1));
      long count = Long.parseLong(form.group(4));
      Duration length =
          form.group(5).equals("h") ? Duration.ofHours(count) : Duration.ofMinutes(count);
      if (!days.isEmpty() && !length.isZero() && length.compareTo(WEEK) < 0) {
        LocalTime start =
            LocalTime.of(Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3)));
        return new CopyWindow(text, days, start, length);
      }
    }
    throw new StorageException(
        Fault.BAD_REQUEST,
        "\"" + asked + "\" is no window: want days, a time in UTC, and a duration",
        "window=\"mon-fri 22:00 8h\" or window=\"daily 01:00 90m\"");
  }

  /** Days of a word; none where it is no such word. */
  private static Set<DayOfWeek> days(String word) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (word.equals("daily")) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    for (String part : word.split(",", -1)) {
      String[] ends = part.split("-", 2);
      int first = NAMES.indexOf(ends[0]);
      int last = NAMES.indexOf(ends[ends.length - 1]);
      if (first < 0 || last < 0) {
        return EnumSet.noneOf(DayOfWeek.class);
      }
      for (int day = first; day != (last + 1) % 7 || days.isEmpty(); day = (day + 1) % 7) {
        days.add(DayOfWeek.of(day + 1));
      }
    }
    return days;
  }

  /** Whether it is open at that time. */
  boolean isOpen(Instant now) {
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    for (int back = 0; back <= 7; back++) {
      LocalDate day = today.minusDays(back);
      Instant opens = day.atTime(start).toInstant(ZoneOffset.UTC);
      if (days.contains(day.getDayOfWeek())
          && !opens.isAfter(now)
          && now.isBefore(opens.plus(length))) {
        return true;
      }
    }
    return false;
  }
}
