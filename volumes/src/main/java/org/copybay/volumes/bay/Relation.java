package org.copybay.volumes.bay;

import org.copybay.volumes.Words;

/**
 * What a volume is to a shadow set. Besides being that it has no other use: nobody writes, resizes,
 * renames, replaces or deletes it.
 *
 * @param set name of the virtual unit, as in DSA42
 * @param role what it is there
 */
public record Relation(String set, Role role) {
  /** What a volume can be in a set. */
  public enum Role {
    /** It gets every write of the set, and holds what the set holds. */
    MEMBER("a member of shadow set"),
    /** It is being made equal to the others: what it holds is a mixture. */
    TARGET("being copied to in shadow set"),
    /** A copy to it did not end: what it holds is a mixture. */
    PARTIAL("a former member, to which a copy did not end, of shadow set"),
    /** Its set is dismounted: it waits for the next mount. */
    IDLE("a member of the dismounted shadow set"),
    /** It was removed; what it holds is what the set held then. */
    FORMER("a former member of shadow set");

    private final String words;

    Role(String words) {
      this.words = words;
    }
  }

  /** Whether the set writes to it now. */
  public boolean written() {
    return role == Role.MEMBER || role == Role.TARGET;
  }

  /** Whether what it holds is the content of one moment. */
  public boolean whole() {
    return role != Role.TARGET && role != Role.PARTIAL;
  }

  /** Whether it left its set, which can be mounted with it again. */
  public boolean former() {
    return role == Role.FORMER || role == Role.PARTIAL;
  }

  /** It in words, as in "a member of shadow set DSA42". */
  public String describe() {
    return role.words + " " + set;
  }

  /** How the volume of that name gets out of it. */
  String remedy(String volume) {
    String name = Words.word(volume);
    if (role == Role.IDLE) {
      return "mount set=" + set + ", or to give the set up: dissolve set=" + set;
    }
    return former()
        ? "mount set=" + set + " members=" + name + ", or to give it up: release member=" + name
        : "split members=" + name;
  }
}
