package org.copybay.copy.shadow;

import java.util.Locale;
import org.copybay.volumes.bay.Relation;

/** What a volume is in a shadow set; the roles exclude each other. */
public enum MemberRole {
  /** It holds what the set holds, and serves reads. */
  FULL(Relation.Role.MEMBER),
  /** It is being copied to, and serves no reads. */
  TARGET(Relation.Role.TARGET),
  /** It was removed, by command or because it failed. */
  FORMER(Relation.Role.FORMER);

  private final Relation.Role relation;

  MemberRole(Relation.Role relation) {
    this.relation = relation;
  }

  /** What the volume may not be used for, in a set that is mounted. */
  Relation.Role relation() {
    return relation;
  }

  /** The word in status files, in the catalogue and in labels. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static MemberRole of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
