package org.copybay.copy.smartcopy;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.copybay.copy.library.Protection;
import org.copybay.copy.schedule.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * Which cartridges are copied where, when, and how (Command View VLS, "Smart copy pool" and policy;
 * Data Protector, "Automated media copying").
 *
 * @param name of it
 * @param enabled whether it copies at all
 * @param source virtual library whose cartridges it copies
 * @param pool of the cartridges that it copies, or empty: all
 * @param destination library that it copies to
 * @param targetPool that copies belong into, empty for none, or null: that of their source
 * @param slots of the destination library that it may use
 * @param drives how many copies it may make at once
 * @param priority from 1 to 9: the larger number goes first, and takes drives from smaller ones
 * @param trigger what lets it copy by itself
 * @param schedule when it copies all that has not enough copies, or null
 * @param settle how long a cartridge must have been left alone
 * @param window in which copies may begin, or null: always
 * @param atWindowEnd percent below which a copy is cancelled when the window ends: 0 none, 100 all
 * @param attempts how often a copy that failed is tried
 * @param pause between two tries
 * @param copies how many copies a cartridge has at most
 * @param protect the word for the protection of copies: same, none, permanent, or a span in ms
 * @param verify whether copies are read again
 * @param eject whether copies are put on the shelf, whether the window is open or not
 * @param alarm after how long a cartridge that was not copied is told of, or zero: never
 */
public record CopyPolicy(
    String name,
    boolean enabled,
    String source,
    String pool,
    String destination,
    @Nullable String targetPool,
    SlotRange slots,
    int drives,
    int priority,
    Trigger trigger,
    @Nullable Schedule schedule,
    Duration settle,
    @Nullable CopyWindow window,
    int atWindowEnd,
    int attempts,
    Duration pause,
    int copies,
    String protect,
    boolean verify,
    boolean eject,
    Duration alarm) {
  /** The word for a window that never closes. */
  public static final String ALWAYS = "always";

  /** What lets a policy copy a cartridge by itself. */
  public enum Trigger {
    /** Nothing but its schedule and commands. */
    MANUAL,
    /** A drive that wrote to it gave it back to its slot. */
    UNLOAD,
    /** A program that wrote to it has closed the drive. */
    SESSION;

    /** The word in commands and texts. */
    public String word() {
      return this == SESSION ? "session-end" : name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Some slots of a library.
   *
   * @param first of them, or 0: all
   * @param last of them
   */
  public record SlotRange(int first, int last) {
    /** All of a library. */
    public static final SlotRange ALL = new SlotRange(0, 0);

    /** Whether that element is one of them. */
    boolean has(int element) {
      return first == 0 || (element >= first && element <= last);
    }

    /** The word in commands and texts: all, or 1-20. */
    public String word() {
      return first == 0 ? "all" : first + "-" + last;
    }
  }

  /** Of {@link #atWindowEnd}: all are cancelled. */
  public static final int ALL_PERCENT = 100;

  private static final int USUAL_PRIORITY = 5;
  private static final int USUAL_ATTEMPTS = 12;
  private static final Duration USUAL_PAUSE = Duration.ofMinutes(5);

  /** One with nothing but what is usual, from nowhere to nowhere. */
  public static CopyPolicy usual(String name) {
    return new CopyPolicy(
        name,
        true,
        "",
        "",
        "",
        null,
        SlotRange.ALL,
        1,
        USUAL_PRIORITY,
        Trigger.MANUAL,
        null,
        Duration.ZERO,
        null,
        0,
        USUAL_ATTEMPTS,
        USUAL_PAUSE,
        1,
        "same",
        true,
        false,
        Duration.ZERO);
  }

  /** Whether a copy may begin at that time. */
  boolean isOpen(Instant now) {
    return eject || window == null || window.isOpen(now);
  }

  /** The protection of a copy that is made now, or null: that of its source. */
  @Nullable Protection protection(Instant now) {
    return switch (protect) {
      case "same" -> null;
      case "none" -> Protection.NONE;
      case "permanent" -> Protection.PERMANENT;
      default -> Protection.until(now.plusMillis(Long.parseLong(protect)));
    };
  }

  /** The text of the window, or {@link #ALWAYS}. */
  public String windowWord() {
    return window == null ? ALWAYS : window.text();
  }
}
