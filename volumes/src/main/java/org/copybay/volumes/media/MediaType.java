package org.copybay.volumes.media;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * What a medium is made of, and so what may be done with it. Sources of the rules: IBM, System i:
 * Storage solutions, Optical storage, "Media types", "Optical media formats" and "Duplicate Optical
 * (DUPOPT) command". Capacities and sector sizes are presets; a cartridge may have others.
 */
public enum MediaType {
  /** Each sector is written once; a side is initialised once. */
  WORM("*WORM", Writes.ONCE, 2048, 2_600_000_512L, 2),
  /** Magneto-optical: written, erased and initialised as often as wanted. */
  ERASE("*ERASE", Writes.AGAIN, 2048, 2_600_000_512L, 2),
  /** As often as wanted, UDF only. */
  DVD_RAM("*DVD-RAM", Writes.AGAIN, 2048, 4_700_372_992L, 2),
  /** Written when it is made. */
  DVD_ROM("*DVD-ROM", Writes.NEVER, 2048, 4_700_372_992L, 1),
  /** Written when it is made. */
  CD_ROM("*CD-ROM", Writes.NEVER, 2048, 737_280_000L, 1);

  /** Bytes of a sector, at least; a power of two. */
  public static final int MIN_SECTOR_BYTES = 512;

  /** Bytes of a sector, at most: a write zone of a volume is a whole number of them. */
  public static final int MAX_SECTOR_BYTES = 65536;

  /** Sectors of a side, at most: jobs keep a bit in memory for each. */
  public static final long MAX_SECTORS = 1L << 27;

  /** Sectors of all media of a bay, at most: it keeps a bit in memory for each. */
  public static final long MAX_ALL_SECTORS = 1L << 29;

  private final String word;
  private final Writes writes;
  private final int sectorBytes;
  private final long capacity;
  private final int sides;

  MediaType(String word, Writes writes, int sectorBytes, long capacity, int sides) {
    this.word = word;
    this.writes = writes;
    this.sectorBytes = sectorBytes;
    this.capacity = capacity - capacity % sectorBytes;
    this.sides = sides;
  }

  /** The type of a word in any case, with or without its asterisk. BAD_REQUEST. */
  public static MediaType of(String word) throws StorageException {
    String wanted = word.toUpperCase(Locale.ROOT);
    for (MediaType type : values()) {
      if (type.word.equals(wanted) || type.word.substring(1).equals(wanted)) {
        return type;
      }
    }
    throw new StorageException(
        Fault.BAD_REQUEST,
        "a media type is one of " + String.join(", ", words()) + ", got " + word);
  }

  /** The words of all types. */
  public static List<String> words() {
    return Stream.of(values()).map(MediaType::word).toList();
  }

  /** Its name, as in *WORM. */
  public String word() {
    return word;
  }

  /** How often a sector may be written. */
  public Writes writes() {
    return writes;
  }

  /** Bytes of a sector where nothing else is said. */
  public int sectorBytes() {
    return sectorBytes;
  }

  /** Bytes of a side where nothing else is said. */
  public long capacity() {
    return capacity;
  }

  /** The most sides that a cartridge of it has. */
  public int sides() {
    return sides;
  }

  /** What a side may be initialised with, the usual one first; empty where it cannot be. */
  public List<MediaFormat> formats() {
    return switch (this) {
      case WORM -> List.of(MediaFormat.HPOFS);
      case ERASE -> List.of(MediaFormat.HPOFS, MediaFormat.UDF);
      case DVD_RAM -> List.of(MediaFormat.UDF);
      case DVD_ROM, CD_ROM -> List.of();
    };
  }

  /** The types that a duplicate of it may be on, as DUPOPT has them; empty: nothing can hold it. */
  public Set<MediaType> duplicates() {
    return switch (this) {
      case WORM -> Set.of(WORM, ERASE);
      case ERASE -> Set.of(ERASE);
      case DVD_RAM -> Set.of(DVD_RAM);
      case DVD_ROM, CD_ROM -> Set.of();
    };
  }
}
