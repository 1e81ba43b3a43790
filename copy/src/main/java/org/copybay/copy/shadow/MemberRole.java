package org.copybay.copy.shadow;

import java.util.Locale;

/** What a volume is in a shadow set; the roles exclude each other. */
public enum MemberRole {
  /** It holds what the set holds, and serves reads. */
  FULL,
  /** It is being copied to, and serves no reads. */
  TARGET,
  /** It was removed, by command or because it failed. */
  FORMER;

  /** The word in status files, in the catalogue and in labels. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static MemberRole of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
