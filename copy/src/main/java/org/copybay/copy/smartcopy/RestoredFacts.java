package org.copybay.copy.smartcopy;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.library.MediumFacts;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the cartridges of one restore when it is done. A life never comes again: what is
 * restored of an earlier one than the target has now is another life of it, and the copies that
 * hold the same are copies of that one.
 */
final class RestoredFacts {
  private final Tapes tapes;
  private final TapeCartridge source;
  private final TapeCartridge target;
  private final TapeEnd end;

  /** What the source is as a copy of the target, or null: the target is a copy of the source. */
  private final @Nullable CopyOf copied;

  private final int lives;

  /**
   * Before the restore.
   *
   * @param source that is read
   * @param end what it holds
   */
  RestoredFacts(Tapes tapes, TapeCartridge source, TapeCartridge target, TapeEnd end) {
    this.tapes = tapes;
    this.source = source;
    this.target = target;
    this.end = end;
    CopyOf copy = source.row().medium().copy();
    this.copied = copy != null && copy.source().equals(target.row().id()) ? copy : null;
    int now = target.contents().lives();
    this.lives = copied != null && copied.lives() == now ? now : now + 1;
  }

  /** NO_PAIR where neither is a copy of the other, CORRUPT where the copy was written anew. */
  void require() throws StorageException {
    CopyOf copy = copied;
    CopyOf other = target.row().medium().copy();
    if (copy == null && (other == null || !other.source().equals(source.row().id()))) {
      throw new StorageException(
          Fault.NO_PAIR,
          "cartridges " + source.barcode() + " and " + target.barcode() + " are no copies any more",
          "tape show barcode=" + target.barcode());
    }
    if (copy != null) {
      requireStill(copy);
    }
  }

  private void requireStill(CopyOf copy) throws StorageException {
    boolean anew = source.row().medium().sealedLife() != end.lives();
    if (anew || end.objects() != copy.objects()) {
      throw new StorageException(
          Fault.CORRUPT,
          "cartridge "
              + source.barcode()
              + " was written since it became a copy of "
              + target.barcode()
              + ": want="
              + copy.objects()
              + " got="
              + end.objects()
              + " objects in life "
              + end.lives(),
          "tape restore barcode=" + target.barcode() + " from=BARCODE of another copy");
    }
  }

  /** In which life the target is then. */
  int lives() {
    return lives;
  }

  /** Of the target: whole again, with nothing to be appended to it. */
  MediumFacts ofTarget(MediumFacts before, Contents contents, JobRecord done, String sha256) {
    if (copied != null) {
      return before.restored(contents.lives());
    }
    CopyOf copy =
        new CopyOf(
            source.row().id(),
            source.barcode(),
            end.lives(),
            end.objects(),
            Objects.requireNonNullElse(done.ended(), Instant.EPOCH),
            done.id(),
            sha256);
    return before.asCopy(copy, before.protection(), contents.lives());
  }

  /** Of the others: of what the target is a copy of, or of the copies of it that hold the same. */
  Map<TapeCartridge, MediumFacts> ofOthers(Contents made) {
    CopyOf same = copied;
    if (same == null) {
      return Map.of(source, source.row().medium().sealedIn(end.lives()));
    }
    Map<TapeCartridge, MediumFacts> facts = new LinkedHashMap<>();
    for (TapeCartridge each : tapes.cartridges()) {
      CopyOf copy = each.row().medium().copy();
      if (copy != null && copy.sameAs(same) && copy.lives() != made.lives()) {
        facts.put(each, each.row().medium().with(copy.inLife(made.lives())));
      }
    }
    return facts;
  }
}
