package org.copybay.nativetest.control;

import org.copybay.nativetest.TestBay;

/** Sources that are worth a duplicate, and duplicates that take their time. */
final class Duplicating {
  private Duplicating() {}

  /** Makes a volume of so many MiB full of random bytes. */
  static void fullSource(TestBay bay, String name, int mebibytes) {
    bay.must(
        """
        echo 'create volume %1$s size=%2$dM' >$C/ctl
        dd if=/dev/urandom of=$V/%1$s bs=1M count=%2$d conv=notrunc status=none
        """
            .formatted(name, mebibytes));
  }

  /**
   * Makes a source of 32 MiB and a duplicate of it that takes a minute, to a volume and a job; it
   * is copying when this returns.
   */
  static void slow(TestBay bay, String source, String target, String job, String more) {
    fullSource(bay, source, 32);
    bay.command(
        "duplicate from=%s to=%s id=%s rate=512K %s".formatted(source, target, job, more).strip());
    bay.must(
        "until grep -qx 'phase: *copying' $C/jobs/%s/status; do sleep 0.05; done".formatted(job));
  }

  /** Lets a slow job go on at full speed and waits for its end; returns the last line of wait. */
  static String hurry(TestBay bay, String job) {
    return bay.must(
        "echo 'rate limit=0' >$C/jobs/%1$s/ctl; cat $C/jobs/%1$s/wait | tail -n 1".formatted(job));
  }
}
