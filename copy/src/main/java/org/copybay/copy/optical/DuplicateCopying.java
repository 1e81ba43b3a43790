package org.copybay.copy.optical;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.DataRanges;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.format.Patch;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a duplicate: all but the descriptors, then a look at them, then the descriptors. A
 * target that fails is left behind while another one goes on.
 */
final class DuplicateCopying {
  private static final int WRITE_BYTES = 1 << 16;
  private static final int VERIFY_BYTES = 1 << 20;

  private final Job job;
  private final Duration checkpointInterval;
  private final DuplicateOptions options;
  private final SectorMap map;
  private final DamagedSectors damaged;
  private @Nullable String sourceHash;

  DuplicateCopying(
      Job job,
      Duration checkpointInterval,
      DuplicateOptions options,
      DamagedSectors damaged,
      SectorMap map) {
    this.job = job;
    this.checkpointInterval = checkpointInterval;
    this.options = options;
    this.map = map;
    this.damaged = damaged;
  }

  /** SHA-256 of the source, or null where it was not read again. */
  @Nullable String sourceHash() {
    return sourceHash;
  }

  // ---- the copy

  void run(List<CopyTarget> copies, Copier.Checkpoint checkpoint) throws StorageException {
    DataRanges ranges = ranges(copies);
    Copier copier = new Copier(job, checkpointInterval);
    long start = job.row().checkpoint();
    long total = ranges.length(0, job);
    job.begin("copying", total, start == 0 ? 0 : total - ranges.length(start, job));
    long startNanos = System.nanoTime();
    copier.forEach(
        ranges,
        start,
        (piece, buffer, spare) -> {
          damaged.read(piece, buffer);
          write(copies, piece, buffer.flip());
          job.progress().copied(piece.length());
          job.progress().setCopyMillis(millisSince(startNanos));
        },
        offset -> {
          flush(copies);
          checkpoint.reached(offset);
        });
    job.begin("syncing", 0);
    flush(copies);
    job.progress().setCopyMillis(millisSince(startNanos));
    damaged.tell(job, options.listDamaged());
    verify(copies, copier, ranges);
  }

  private static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  private static DataRanges ranges(List<CopyTarget> copies) {
    DataRanges all = offset -> null;
    for (CopyTarget each : copies) {
      all = each.failure() == null ? DataRanges.union(all, each.ranges()) : all;
    }
    List<Extent> descriptors = copies.get(0).patches().stream().map(Patch::extent).toList();
    return SectorMap.without(all, descriptors);
  }

  private static void write(List<CopyTarget> copies, Extent piece, ByteBuffer bytes)
      throws StorageException {
    for (CopyTarget copy : copies) {
      if (copy.failure() == null) {
        try {
          write(copy.volume().medium().volume().memberBytes(), piece.offset(), bytes.duplicate());
        } catch (StorageException e) {
          fail(copies, copy, e);
        }
      }
    }
  }

  /** A track at a time (decision 0023). */
  private static void write(MemberBytes to, long offset, ByteBuffer piece) throws StorageException {
    int end = piece.limit();
    for (int at = 0; at < end; at += WRITE_BYTES) {
      to.write(offset + at, piece.limit(Math.min(at + WRITE_BYTES, end)));
    }
  }

  private static void flush(List<CopyTarget> copies) throws StorageException {
    for (CopyTarget copy : copies) {
      if (copy.failure() == null) {
        try {
          copy.volume().medium().flush();
        } catch (StorageException e) {
          fail(copies, copy, e);
        }
      }
    }
  }

  /** Goes on for the others, where there is one. */
  static void fail(List<CopyTarget> copies, CopyTarget copy, StorageException error)
      throws StorageException {
    Odup code = error.fault() == Fault.NO_SPACE ? Odup.SMALL : Odup.MEDIA;
    StorageException named =
        code.refusal(
            "target " + copy.volume().id() + ": " + error.getMessage(), error.remedy(), error);
    copy.fail(named);
    if (copies.stream().allMatch(each -> each.failure() != null)) {
      throw named;
    }
  }

  // ---- the look

  private void verify(List<CopyTarget> copies, Copier copier, DataRanges ranges)
      throws StorageException {
    switch (options.verify()) {
      case NO -> {}
      case CHANGED -> compare(copies, copier, ranges);
      case YES -> hash(copies);
    }
  }

  private void compare(List<CopyTarget> copies, Copier copier, DataRanges ranges)
      throws StorageException {
    dropCached(copies);
    job.begin("verifying", ranges.length(0, job));
    copier.forEach(
        ranges,
        0,
        (piece, buffer, spare) -> {
          damaged.read(piece, buffer);
          buffer.flip();
          for (CopyTarget copy : copies) {
            if (copy.failure() == null) {
              compare(copies, copy, piece.offset(), buffer, spare.clear().limit(buffer.limit()));
            }
          }
          job.progress().passed(piece.length());
        },
        offset -> {});
  }

  private static void compare(
      List<CopyTarget> copies, CopyTarget copy, long offset, ByteBuffer wanted, ByteBuffer got)
      throws StorageException {
    try {
      copy.volume().medium().volume().memberBytes().read(offset, got);
    } catch (StorageException e) {
      fail(copies, copy, e);
      return;
    }
    int difference = wanted.mismatch(got.flip());
    if (difference >= 0) {
      fail(
          copies,
          copy,
          Odup.MEDIA.refusal("it differs from its source at byte " + (offset + difference), null));
    }
  }

  private static void dropCached(List<CopyTarget> copies) throws StorageException {
    for (CopyTarget copy : copies) {
      copy.volume().medium().volume().dropCached();
    }
  }

  /** Compares all, and hashes both; the descriptors of a target as they will be. */
  private void hash(List<CopyTarget> copies) throws StorageException {
    dropCached(copies);
    long size = map.end();
    job.begin("verifying", size);
    MessageDigest ofSource = sha256();
    MessageDigest[] hashes = new MessageDigest[copies.size()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = sha256();
    }
    ByteBuffer from = ByteBuffer.allocateDirect(VERIFY_BYTES);
    ByteBuffer to = ByteBuffer.allocateDirect(VERIFY_BYTES);
    for (long at = 0; at < size; at += VERIFY_BYTES) {
      int length = (int) Math.min(VERIFY_BYTES, size - at);
      job.proceed(length);
      damaged.read(new Extent(at, length), from.clear().limit(length));
      from.flip();
      ofSource.update(from.duplicate());
      for (int i = 0; i < hashes.length; i++) {
        CopyTarget copy = copies.get(i);
        ByteBuffer wanted = from.duplicate();
        if (copy.failure() == null) {
          check(copies, copy, at, wanted, to.clear().limit(length));
          hashes[i].update(to.duplicate().position(0).limit(length));
        }
      }
      job.progress().passed(length);
    }
    sourceHash = HexFormat.of().formatHex(ofSource.digest());
    for (int i = 0; i < hashes.length; i++) {
      copies.get(i).setHash(HexFormat.of().formatHex(hashes[i].digest()));
    }
  }

  /** Compares what was read with a target, whose descriptors are then put into what it has. */
  private static void check(
      List<CopyTarget> copies, CopyTarget copy, long at, ByteBuffer wanted, ByteBuffer got)
      throws StorageException {
    int length = got.limit();
    try {
      copy.volume().medium().volume().memberBytes().read(at, got);
    } catch (StorageException e) {
      fail(copies, copy, e);
      return;
    }
    int done = 0;
    for (Patch patch : copy.patches()) {
      int start = (int) Math.min(length, Math.max(0, patch.offset() - at));
      int end = (int) Math.min(length, Math.max(0, patch.extent().end() - at));
      if (start < end) {
        compare(copies, copy, at, wanted, got, done, start);
        ByteBuffer label = patch.bytes();
        int from = (int) (at + start - patch.offset());
        got.put(start, label, from, end - start);
        done = end;
      }
    }
    compare(copies, copy, at, wanted, got, done, length);
  }

  private static void compare(
      List<CopyTarget> copies,
      CopyTarget copy,
      long at,
      ByteBuffer wanted,
      ByteBuffer got,
      int start,
      int end)
      throws StorageException {
    if (start >= end || copy.failure() != null) {
      return;
    }
    int difference = wanted.slice(start, end - start).mismatch(got.slice(start, end - start));
    if (difference >= 0) {
      fail(
          copies,
          copy,
          Odup.MEDIA.refusal(
              "it differs from its source at byte " + (at + start + difference), null));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  // ---- the label

  /** Writes the descriptors, and reads them again. */
  void label(List<CopyTarget> copies) throws StorageException {
    job.begin("labelling", 0);
    for (CopyTarget copy : copies) {
      if (copy.failure() == null) {
        try {
          label(copy);
        } catch (StorageException e) {
          fail(copies, copy, e);
        }
      }
    }
  }

  private static void label(CopyTarget copy) throws StorageException {
    MemberBytes to = copy.volume().medium().volume().memberBytes();
    for (Patch patch : copy.patches()) {
      to.write(patch.offset(), patch.bytes());
    }
    copy.volume().medium().flush();
    for (Patch patch : copy.patches()) {
      ByteBuffer wanted = patch.bytes();
      ByteBuffer got = ByteBuffer.allocateDirect(wanted.remaining());
      to.read(patch.offset(), got);
      if (wanted.mismatch(got.flip()) >= 0) {
        throw Odup.MEDIA.refusal("its descriptor at byte " + patch.offset() + " differs", null);
      }
    }
  }

  // ---- the result

  String result(List<CopyTarget> copies) {
    boolean incremental = copies.stream().allMatch(CopyTarget::incremental);
    return "copied="
        + job.progress().bytesCopied()
        + " incremental="
        + (incremental ? "yes" : "no")
        + " verified="
        + options.verify().name().toLowerCase(Locale.ROOT)
        + " damaged_sectors="
        + damaged.count()
        + (sourceHash == null ? "" : " source_sha256=" + sourceHash);
  }
}
