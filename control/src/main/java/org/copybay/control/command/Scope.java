package org.copybay.control.command;

import java.util.Locale;

/**
 * The object that a ctl file belongs to; its name is implied in every command written there.
 *
 * @param kind what the object is
 * @param name its name, empty for the bay and for QuickOPC; of a pair GROUP/PAIR
 */
public record Scope(Kind kind, String name) {
  /** The kinds of objects that have a ctl file. */
  public enum Kind {
    /** The whole bay. */
    BAY,
    /** One volume. */
    VOLUME,
    /** One job. */
    JOB,
    /** One shadow set. */
    SET,
    /** QuickOPC as a whole. */
    QUICKOPC,
    /** One QuickOPC group. */
    GROUP,
    /** One pair of a QuickOPC group. */
    PAIR;

    /** The word in messages. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The whole bay. */
  public static Scope bay() {
    return new Scope(Kind.BAY, "");
  }

  /** One volume. */
  public static Scope volume(String name) {
    return new Scope(Kind.VOLUME, name);
  }

  /** One job. */
  public static Scope job(String id) {
    return new Scope(Kind.JOB, id);
  }

  /** One shadow set. */
  public static Scope set(String unit) {
    return new Scope(Kind.SET, unit);
  }

  /** QuickOPC as a whole. */
  public static Scope quickopc() {
    return new Scope(Kind.QUICKOPC, "");
  }

  /** One QuickOPC group. */
  public static Scope group(String name) {
    return new Scope(Kind.GROUP, name);
  }

  /** One pair of a QuickOPC group. */
  public static Scope pair(String group, String pair) {
    return new Scope(Kind.PAIR, group + "/" + pair);
  }

  /** The ctl file, as a path below .control. */
  public String path() {
    return switch (kind) {
      case BAY -> "ctl";
      case VOLUME -> "volumes/" + name + "/ctl";
      case JOB -> "jobs/" + name + "/ctl";
      case SET -> "shadow/" + name + "/ctl";
      case QUICKOPC -> "quickopc/ctl";
      case GROUP, PAIR -> "quickopc/" + name + "/ctl";
    };
  }
}
