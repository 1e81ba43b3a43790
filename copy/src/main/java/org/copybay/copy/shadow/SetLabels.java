package org.copybay.copy.shadow;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.store.FileStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes the labels of the members of one set. Under the lock of the set. */
final class SetLabels {
  private static final Logger LOG = LoggerFactory.getLogger(SetLabels.class);

  /** How long a disk is waited for that should tell its label. */
  private static final long READ_MILLIS = 10_000;

  private final Map<UUID, Long> serials = new ConcurrentHashMap<>(); // of the labels by volume

  // volatile: set by a mount, under the lock of the set
  private volatile long mounts;
  private volatile MemberLabel.Use use = MemberLabel.Use.BEGINNING;

  /** The set is being mounted for that time. */
  void begin(long newMounts) {
    mounts = newMounts;
    use = MemberLabel.Use.BEGINNING;
  }

  /** From here on it may be writing, once that is in the labels. */
  void writing() {
    use = MemberLabel.Use.WRITING;
  }

  /** How often the set was mounted. */
  long mounts() {
    return mounts;
  }

  /** What every full member of a mounted set has in its label. */
  MemberLabel current(SetRecord set) {
    return new MemberLabel(
        0,
        set.id(),
        new UUID(0, 0),
        set.name(),
        set.label(),
        set.size(),
        set.lineage().generation(),
        set.lineage().change(),
        set.lineage().past(),
        MemberRole.FULL,
        mounts,
        MemberLabel.Use.WRITING,
        0,
        0,
        0);
  }

  /** What there is to know about a volume that is to be a member. */
  record Found(Volume volume, @Nullable MemberLabel label, @Nullable String problem) {}

  /** Looks at a volume: its label, or why it cannot be used. */
  Found look(Volume volume) {
    MemberLabel[] read = new MemberLabel[1];
    try {
      volume.requireSound();
      volume.requireWritable();
      Legs.run(
          new Member(volume),
          READ_MILLIS,
          member -> {
            member.bytes().requireInPlace();
            member.bytes().requireLength();
            read[0] = readOrNull(member);
          });
    } catch (StorageException e) {
      return new Found(volume, null, e.getMessage());
    }
    MemberLabel label = read[0];
    if (label != null) {
      serials.merge(volume.id(), label.serial(), Math::max);
    }
    boolean own = label != null && label.member().equals(volume.id());
    return new Found(volume, own ? label : null, null);
  }

  /** Who has a label that nobody can read is as one that has none. */
  private static @Nullable MemberLabel readOrNull(Member member) throws StorageException {
    try {
      return LabelStore.read(member.bytes().directory());
    } catch (StorageException e) {
      if (e.fault() != Fault.CORRUPT) {
        throw e;
      }
      LOG.error("member={} {}", member.name(), e.getMessage());
      return null;
    }
  }

  /**
   * Writes the label of a member; it survives power loss when this returns, and so does the time of
   * its home that it says (P6: a member is not taken for equal, nor for changed, that is not).
   *
   * @param still whether nobody writes to its home any more
   */
  void write(SetRecord set, Lineage lineage, Volume volume, MemberRole role, boolean still)
      throws StorageException {
    long serial = serials.merge(volume.id(), 1L, Long::sum);
    Legs.run(
        new Member(volume),
        set.settings().memberSeconds() * 1000L,
        member -> {
          MemberBytes bytes = member.bytes();
          if (still) {
            bytes.flushTimes(); // else power loss takes the time back that the label has
          }
          FileStatus home = bytes.homeStatus();
          MemberLabel label =
              new MemberLabel(
                  serial,
                  set.id(),
                  volume.id(),
                  set.name(),
                  set.label(),
                  set.size(),
                  lineage.generation(),
                  lineage.change(),
                  lineage.past(),
                  role,
                  mounts,
                  still ? MemberLabel.Use.NONE : use,
                  bytes.homeFile(),
                  still ? nanos(home) : 0,
                  home.size());
          LabelStore.write(bytes.directory(), label);
        });
  }

  /** Whether the home of a member is what it was when nobody wrote to it any more. */
  static @Nullable String changedSince(Volume volume, MemberLabel label) {
    try {
      MemberBytes bytes = volume.memberBytes();
      if (bytes.homeFile() != label.file()) {
        return "another file lies in the place of its home";
      }
      FileStatus home = bytes.homeStatus();
      if (label.modified() != 0 && nanos(home) != label.modified()) {
        return "somebody wrote to its home";
      }
      return null;
    } catch (StorageException e) {
      return e.getMessage();
    }
  }

  private static long nanos(FileStatus home) {
    return home.modification().seconds() * 1_000_000_000L + home.modification().nanos();
  }

  /** Takes the label of a volume away. */
  void remove(Volume volume) throws StorageException {
    serials.remove(volume.id());
    Legs.run(
        new Member(volume), READ_MILLIS, member -> LabelStore.remove(member.bytes().directory()));
  }
}
