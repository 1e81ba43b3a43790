package org.copybay.control.command;

import java.util.Locale;

/**
 * The object that a ctl file belongs to; its name is implied in every command written there.
 *
 * @param kind what the object is
 * @param name its name, empty for the bay
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
    /** All that is QuickOPC. */
    QUICKOPC,
    /** One copy group. */
    GROUP,
    /** One pair of a copy group; its name is GROUP/PAIR. */
    PAIR,
    /** All safeguarded sessions. */
    SAFEGUARD,
    /** One safeguarded session. */
    SESSION,
    /** All optical storage. */
    OPTICAL,
    /** One optical volume. */
    SIDE,
    /** All tape libraries. */
    TAPE,
    /** One tape library. */
    LIBRARY;

    /** The word in messages. */
    String word() {
      return switch (this) {
        case BAY, VOLUME, JOB, SET -> name().toLowerCase(Locale.ROOT);
        case QUICKOPC -> "QuickOPC directory";
        case GROUP -> "copy group";
        case PAIR -> "pair";
        case SAFEGUARD -> "safeguard directory";
        case SESSION -> "safeguarded session";
        case OPTICAL -> "optical directory";
        case SIDE -> "optical volume";
        case TAPE -> "tape directory";
        case LIBRARY -> "tape library";
      };
    }

    /** The word with its article. */
    String phrase() {
      return (this == OPTICAL || this == SIDE ? "an " : "a ") + word();
    }

    /** Whether commands of QuickOPC may leave out that they are. */
    boolean isQuickOpc() {
      return this == QUICKOPC || this == GROUP || this == PAIR;
    }

    /** Whether commands of safeguarded sessions may leave out that they are. */
    boolean isSafeguarded() {
      return this == SAFEGUARD || this == SESSION;
    }

    /** Whether commands of optical storage may leave out that they are. */
    boolean isOptical() {
      return this == OPTICAL || this == SIDE;
    }

    /** Whether commands of tape libraries may leave out that they are. */
    boolean isTape() {
      return this == TAPE || this == LIBRARY;
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

  /** All that is QuickOPC. */
  public static Scope quickopc() {
    return new Scope(Kind.QUICKOPC, "");
  }

  /** One copy group. */
  public static Scope group(String name) {
    return new Scope(Kind.GROUP, name);
  }

  /** One pair of a copy group. */
  public static Scope pair(String group, String pair) {
    return new Scope(Kind.PAIR, group + "/" + pair);
  }

  /** All safeguarded sessions. */
  public static Scope safeguard() {
    return new Scope(Kind.SAFEGUARD, "");
  }

  /** One safeguarded session. */
  public static Scope session(String name) {
    return new Scope(Kind.SESSION, name);
  }

  /** All optical storage. */
  public static Scope optical() {
    return new Scope(Kind.OPTICAL, "");
  }

  /** One optical volume, by its identifier or its key. */
  public static Scope side(String name) {
    return new Scope(Kind.SIDE, name);
  }

  /** All tape libraries. */
  public static Scope tape() {
    return new Scope(Kind.TAPE, "");
  }

  /** One tape library. */
  public static Scope library(String name) {
    return new Scope(Kind.LIBRARY, name);
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
      case SAFEGUARD -> "safeguard/ctl";
      case SESSION -> "safeguard/" + name + "/ctl";
      case OPTICAL -> "optical/ctl";
      case SIDE -> "optical/volumes/" + name + "/ctl";
      case TAPE -> "tape/ctl";
      case LIBRARY -> "tape/libraries/" + name + "/changer";
    };
  }
}
