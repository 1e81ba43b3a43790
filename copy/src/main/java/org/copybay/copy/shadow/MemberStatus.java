package org.copybay.copy.shadow;

import org.jspecify.annotations.Nullable;

/**
 * What there is to say about a member, or a former one.
 *
 * @param name of its volume
 * @param record what the catalogue remembers of it
 * @param copy the copy to it
 * @param leftBytes what must still be copied to it, or would be if it came back; null if not known
 * @param failing whether it fails at this moment
 */
public record MemberStatus(
    String name, MemberRecord record, Recovery copy, @Nullable Long leftBytes, boolean failing) {

  /** The word for what it is doing. */
  public String state() {
    if (failing) {
      return "failing";
    }
    return switch (record.role()) {
      case FULL -> "steady";
      case TARGET -> copy.active() ? copy.mini() ? "minicopying" : "copying" : "waiting";
      case FORMER -> record.missed() ? "lost" : "removed";
    };
  }
}
