package org.copybay.copy.library;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Generations of LTO cartridges: the density code that mt(1) prints, the native capacity, and the
 * two letters that end a barcode.
 */
public enum TapeMedia {
  LTO1(0x40, 100, "L1", ""),
  LTO2(0x42, 200, "L2", ""),
  LTO3(0x44, 400, "L3", "LT"),
  LTO4(0x46, 800, "L4", "LU"),
  LTO5(0x58, 1500, "L5", "LV"),
  LTO6(0x5a, 2500, "L6", "LW"),
  LTO7(0x5c, 6000, "L7", "LX"),
  LTO8(0x5e, 12_000, "L8", "LY"),
  LTO9(0x60, 18_000, "L9", "LZ");

  private static final long GIGA = 1_000_000_000;

  private final int density;
  private final long capacity;
  private final String suffix;
  private final String wormSuffix;

  TapeMedia(int density, int gigabytes, String suffix, String wormSuffix) {
    this.density = density;
    this.capacity = gigabytes * GIGA;
    this.suffix = suffix;
    this.wormSuffix = wormSuffix;
  }

  /** The code that mt(1) prints. */
  public int density() {
    return density;
  }

  /** Native bytes. */
  public long capacity() {
    return capacity;
  }

  /** The word in commands and texts, as in LTO-8. */
  public String word() {
    return "LTO-" + name().substring("LTO".length());
  }

  /** What the barcode of such a cartridge ends with. */
  public String suffix(MediumKind kind) {
    return kind == MediumKind.WORM ? wormSuffix : suffix;
  }

  /** Whether there are WORM cartridges of it: since LTO-3. */
  public boolean hasWorm() {
    return !wormSuffix.isEmpty();
  }

  /** The generation of a word, in any case, with or without dash. BAD_REQUEST. */
  public static TapeMedia of(String word) throws StorageException {
    String wanted = word.toUpperCase(Locale.ROOT).replace("-", "");
    for (TapeMedia each : values()) {
      if (each.name().equals(wanted)) {
        return each;
      }
    }
    throw new StorageException(
        Fault.BAD_REQUEST,
        "no media type " + word,
        Arrays.stream(values()).map(TapeMedia::word).collect(Collectors.joining(", ")));
  }
}
