package org.copybay.volumes.bitmap;

/**
 * How an intent log divides a volume into zones.
 *
 * @param smallestBytes the least bytes of a zone
 * @param maxZones the most zones; the last one reaches to the end of a volume that grew
 * @param ahead how many zones a sequential writer enters at once
 */
record ZoneGrain(long smallestBytes, int maxZones, int ahead) {
  /** Zones of 4 MiB, or larger where they would be more than one sector holds. */
  static final ZoneGrain USUAL = new ZoneGrain(4 << 20, IntentLayout.MAX_ZONES, 16);

  ZoneGrain {
    if (smallestBytes < 1 || maxZones < 1 || maxZones > IntentLayout.MAX_ZONES || ahead < 1) {
      throw new IllegalArgumentException(
          "zones: smallestBytes=" + smallestBytes + " maxZones=" + maxZones + " ahead=" + ahead);
    }
  }

  /** Bytes of a zone of a volume of that size. */
  long zoneBytes(long size) {
    return Math.max(smallestBytes, (size + maxZones - 1) / maxZones);
  }
}
