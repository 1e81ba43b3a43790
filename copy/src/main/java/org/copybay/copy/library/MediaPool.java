package org.copybay.copy.library;

import org.jspecify.annotations.Nullable;

/**
 * Cartridges that are used alike (Data Protector, "Media pools").
 *
 * @param name of it
 * @param media generation of all that are in it, or null: any
 * @param appendable whether something is appended to what an earlier load wrote
 * @param strict whether only cartridges of this pool and its free pool are taken; else also blank
 *     ones that are in no pool
 * @param freePool pool that lends it cartridges when it has none to write to, or null
 * @param moveFree whether its own count as those of the free pool when their protection has ended
 * @param overwrites how often a cartridge is written anew before its condition is poor
 * @param months how old a cartridge gets before its condition is poor
 */
public record MediaPool(
    String name,
    @Nullable TapeMedia media,
    boolean appendable,
    boolean strict,
    @Nullable String freePool,
    boolean moveFree,
    int overwrites,
    int months) {
  private static final int USUAL_OVERWRITES = 250;
  private static final int USUAL_MONTHS = 36;

  /** One with nothing but what is usual. */
  public static MediaPool usual(String name) {
    return new MediaPool(name, null, true, false, null, false, USUAL_OVERWRITES, USUAL_MONTHS);
  }

  /** Whether cartridges of that generation can be in it. */
  boolean takes(TapeMedia generation) {
    return media == null || media == generation;
  }
}
