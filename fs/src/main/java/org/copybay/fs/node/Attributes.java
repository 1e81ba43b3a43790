package org.copybay.fs.node;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.store.FileStatus;

/** What the attributes of all files that programs can write have in common. */
final class Attributes {
  /** How long the kernel may use size and times without asking; changes behind it are notified. */
  static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * The same where changes are not notified: up to one tick of the kernel, milliseconds. Enough for
   * programs that look at many names of a directory, which else ask for it again with each; too
   * short for a dead mount to look alive.
   */
  static final long TICK_NANOS = 1;

  private static final int PERMISSIONS = 07777;

  private Attributes() {}

  /** The permission bits of a mode. */
  static int permissions(int mode) {
    return mode & PERMISSIONS;
  }

  /** Space and times as they are in the store. */
  static void show(FuseAttr attr, FileStatus status) {
    attr.blocks(status.blocks())
        .times(
            Times.nanos(status.access()),
            Times.nanos(status.modification()),
            Times.nanos(status.change()));
  }

  /** That time as all its times. */
  static void showTime(FuseAttr attr, Instant created) {
    long nanos = Times.nanos(created);
    attr.times(nanos, nanos, nanos);
  }

  /** Whether chmod or chown was asked for. */
  static boolean changesOwner(AttrChange change) {
    return change.hasMode() || change.hasUid() || change.hasGid();
  }

  /** In a word what was asked for; of several the one that counts most. */
  static String gesture(AttrChange change) {
    if (change.hasSize()) {
      return "truncate";
    }
    return change.hasMode() ? "chmod" : changesOwner(change) ? "chown" : "utimens";
  }

  /** Who it belongs to after a chmod or chown. */
  static VolumeRecord.Owner owner(AttrChange change, VolumeRecord.Owner old) {
    return new VolumeRecord.Owner(
        change.hasUid() ? change.uid() : old.uid(),
        change.hasGid() ? change.gid() : old.gid(),
        change.hasMode() ? permissions(change.mode()) : old.mode());
  }
}
