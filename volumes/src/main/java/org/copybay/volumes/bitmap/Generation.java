package org.copybay.volumes.bitmap;

/** A generation of an intent log. */
final class Generation {
  // set once
  private final int slot;
  private final ZoneSet entered;

  // guarded by the lock of the log
  private final long[] wanted = new long[IntentLayout.ZONE_WORDS];

  /** One without zones, for that sector of the log. */
  Generation(int slot, ZoneSet entered) {
    this.slot = slot;
    this.entered = entered;
  }

  /** The number of its sector. */
  int slot() {
    return slot;
  }

  /** The zones that are durable in it. */
  ZoneSet entered() {
    return entered;
  }

  /** The zones that are in it or are to be: zone z is bit z % 64 of word z / 64. */
  long[] wanted() {
    return wanted;
  }

  /** Takes over durable zones, before any other thread sees it. */
  void carry(long[] zones) {
    System.arraycopy(zones, 0, wanted, 0, zones.length);
    entered.add(zones);
  }
}
