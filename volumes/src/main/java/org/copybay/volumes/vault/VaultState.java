package org.copybay.volumes.vault;

/** How the vault time stands to the clock of the machine. */
public sealed interface VaultState {

  /** They are less than a minute apart. */
  record Steady() implements VaultState {}

  /**
   * The clock of the machine jumped forward, and the vault time did not follow.
   *
   * @param lagMillis how far it is behind
   * @param why what is known of it, a sentence without a full stop
   */
  record Behind(long lagMillis, String why) implements VaultState {}

  /**
   * The clock of the machine was set back, and the vault time did not follow.
   *
   * @param leadMillis how far it is ahead
   * @param why what is known of it, a sentence without a full stop
   */
  record Ahead(long leadMillis, String why) implements VaultState {}

  /** How it stands to it, in one word. */
  default String word() {
    if (this instanceof Behind) {
      return "behind";
    }
    return this instanceof Ahead ? "ahead" : "steady";
  }

  /** The same as a sentence without a full stop. */
  default String describe() {
    String why = "";
    if (this instanceof Behind behind) {
      why = ": " + behind.why();
    } else if (this instanceof Ahead ahead) {
      why = ": " + ahead.why();
    }
    return "the vault clock is " + word() + why;
  }

  /** How far the clock of the machine is before the vault time, negative when it is behind it. */
  default long distanceMillis() {
    if (this instanceof Behind behind) {
      return behind.lagMillis();
    }
    return this instanceof Ahead ahead ? -ahead.leadMillis() : 0;
  }
}
