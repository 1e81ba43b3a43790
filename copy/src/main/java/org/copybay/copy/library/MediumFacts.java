package org.copybay.copy.library;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What media management knows of a cartridge, as Data Protector does: its pool, its label, until
 * when it is protected, and what it is a copy of.
 *
 * @param pool name of the media pool it is in, or empty
 * @param label text of its user, or empty
 * @param protection until when it is protected
 * @param sealedLife the life in which nothing can be appended to it any more, or {@link #NOT}: it
 *     was copied, is a copy, or its pool says so
 * @param copy what it is a copy of, or null
 * @param job that makes it a copy now, or null: it holds nothing that counts until that ends
 * @param damage what a read of it found wrong, or null
 */
public record MediumFacts(
    String pool,
    String label,
    Protection protection,
    int sealedLife,
    @Nullable CopyOf copy,
    @Nullable String job,
    @Nullable String damage) {
  /** Of no life. */
  public static final int NOT = -1;

  /** Of a new one. */
  static MediumFacts of(String pool) {
    return new MediumFacts(pool, "", Protection.NONE, NOT, null, null, null);
  }

  /**
   * What a cartridge is a copy of.
   *
   * @param source medium id of it
   * @param barcode of it then
   * @param lives in which of its lives it was
   * @param objects how many it had
   * @param at when the copy was made
   * @param job that made it
   * @param sha256 of the tape file of the copy, in hexadecimal digits
   */
  public record CopyOf(
      UUID source, String barcode, int lives, long objects, Instant at, String job, String sha256) {
    /** A copy of another one, which holds the same. */
    CopyOf of(TapeRecord other) {
      return new CopyOf(
          other.id(),
          other.barcode(),
          other.contents().lives(),
          other.contents().objects(),
          at,
          job,
          sha256);
    }

    /** Whether both were copies of the same content of the same source. */
    public boolean sameAs(CopyOf other) {
      return source.equals(other.source) && lives == other.lives && objects == other.objects;
    }

    /** Whether the source holds the same now, when it holds that. */
    public boolean isOf(TapeRecord.Contents now) {
      return lives == now.lives() && objects == now.objects();
    }

    /** A copy of its source in another life, in which that holds the same again. */
    public CopyOf inLife(int newLives) {
      return new CopyOf(source, barcode, newLives, objects, at, job, sha256);
    }
  }

  /** In another pool. */
  public MediumFacts inPool(String newPool) {
    return new MediumFacts(newPool, label, protection, sealedLife, copy, job, damage);
  }

  /** With another label. */
  public MediumFacts labelled(String newLabel) {
    return new MediumFacts(pool, newLabel, protection, sealedLife, copy, job, damage);
  }

  /** With another protection. */
  public MediumFacts protectedBy(Protection newProtection) {
    return new MediumFacts(pool, label, newProtection, sealedLife, copy, job, damage);
  }

  /** With nothing appended to it any more in that life. */
  public MediumFacts sealedIn(int life) {
    return new MediumFacts(pool, label, protection, life, copy, job, damage);
  }

  /** What it is a copy of, or null. */
  public MediumFacts with(@Nullable CopyOf newCopy) {
    return new MediumFacts(pool, label, protection, sealedLife, newCopy, job, damage);
  }

  /** A copy, to which nothing can be appended in that life. */
  public MediumFacts asCopy(CopyOf newCopy, Protection newProtection, int life) {
    return new MediumFacts(pool, label, newProtection, life, newCopy, job, null);
  }

  /** Restored from a copy of it, with nothing to be appended in that life. */
  public MediumFacts restored(int life) {
    return new MediumFacts(pool, label, protection, life, null, job, null);
  }

  MediumFacts madeBy(@Nullable String newJob) {
    return new MediumFacts(pool, label, protection, sealedLife, copy, newJob, damage);
  }

  MediumFacts damaged(@Nullable String what) {
    return new MediumFacts(pool, label, protection, sealedLife, copy, job, what);
  }
}
