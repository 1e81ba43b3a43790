package org.copybay.volumes.fuzz;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.Immutable;
import java.util.Locale;
import java.util.Set;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.TapeFormat;
import org.copybay.volumes.tape.HostileCartridge;

/**
 * What reads tapes that come from elsewhere, each with the rules that hold for any bytes. Names are
 * those of the corpus and of {@code ./soak fuzz-tape}.
 */
public enum FuzzTarget {
  /** The first bytes of an image of any format. */
  DETECT(Image::detect),
  /** A SIMH image; an own reading of the format tells the same objects. */
  SIMH(SimhModel::compare),
  /** A SIMH image in pieces of any lengths; a reader of the whole tells the same. */
  PIECES(SimhPieces::compare),
  /** An AWSTAPE or HET image. */
  AWSTAPE(input -> Image.read(TapeFormat.AWSTAPE, input)),
  /** A record of HET: how it is packed, and what. */
  HET(PackedRecord::read),
  /** A tar file of a cartridge. */
  TAR(input -> Image.read(TapeFormat.TAR, input)),
  /** The index and the tape file of a cartridge, with checksums that are right. */
  CARTRIDGE(HostileCartridge::open);

  private static final Set<Fault> FAULTS =
      Set.of(Fault.CORRUPT, Fault.BAD_REQUEST, Fault.UNSUPPORTED);

  /** A sentence in {@code last_error} is a line. */
  private static final int MOST_MESSAGE_CHARACTERS = 1024;

  private final Entry entry;

  FuzzTarget(Entry entry) {
    this.entry = entry;
  }

  /** Takes any bytes; an AssertionError says which rule does not hold for them. */
  @Immutable
  @FunctionalInterface
  interface Entry {
    void take(byte[] input) throws StorageException;
  }

  /**
   * Takes any bytes.
   *
   * @return false where they are refused as damaged or as no tape
   * @throws AssertionError where a rule does not hold
   */
  @CanIgnoreReturnValue
  public boolean take(byte[] input) {
    try {
      entry.take(input);
      return true;
    } catch (StorageException e) {
      String message = "" + e.getMessage();
      require(FAULTS.contains(e.fault()), "a fault of the image", e.fault() + ": " + message);
      require(
          message.length() <= MOST_MESSAGE_CHARACTERS
              && message.codePoints().noneMatch(Character::isISOControl),
          "a message of one line",
          message);
      return false;
    }
  }

  /** An AssertionError where it does not hold. */
  public static void require(boolean holds, String wanted, Object got) {
    if (!holds) {
      throw new AssertionError("wanted " + wanted + ", got " + got);
    }
  }

  /** The target of that name. */
  static FuzzTarget of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
