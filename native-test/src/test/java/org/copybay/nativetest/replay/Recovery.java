package org.copybay.nativetest.replay;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/** Mounts a disk after a power loss and the bay on it, and takes both away again. */
final class Recovery {
  /** What makes a mount recover as after a power loss; not every launcher knows it. */
  private static final String AS_AFTER_POWER_LOSS = "recover=power";

  private final TestBay bay;
  private boolean logPrinted;

  /** Nothing of the bay is mounted. */
  Recovery(TestBay bay) {
    this.bay = bay;
    // The launcher names the options that it knows when it refuses one.
    if (bay.refused("$COPYBAY mount $BAY $MNT -o no_such_option").contains("recover=")) {
      bay.withOptions(AS_AFTER_POWER_LOSS);
    }
  }

  /**
   * Recovers from that image of the disk, which is changed by it.
   *
   * @param name of the state, for messages
   * @param position how long the log was when the power failed
   * @param check is called with the bay mounted
   * @return what is wrong, in sentences
   */
  List<String> of(Path image, String name, long position, Consumer<Recovered> check) {
    Recovered state = new Recovered(bay, position);
    Shell.Result disk = bay.run("mount -o loop " + image + " $BELOW");
    if (disk.status() != 0) {
      state.complain("the file system below does not mount: " + disk.err());
      return state.complaints();
    }
    try {
      look(state, check);
      if (!state.complaints().isEmpty() && !logPrinted) {
        logPrinted = true;
        Shell.Result log = bay.run("tail -n 40 $BAY/log/copybay.log");
        System.err.println("--- the log of the daemon at " + name + "\n" + log.out() + log.err());
      }
    } finally {
      takeAway();
    }
    return state.complaints();
  }

  private void look(Recovered state, Consumer<Recovered> check) {
    Shell.Result mount = bay.tryMount();
    if (mount.status() != 0) {
      state.complain("the bay does not mount: " + mount.err());
      return;
    }
    try {
      check.accept(state);
    } catch (AssertionError | RuntimeException e) {
      state.complain(e.toString());
    }
  }

  /** Kills the daemon, which is faster than to ask it; its files are closed in a moment. */
  private void takeAway() {
    bay.daemon().ifPresent(ProcessHandle::destroyForcibly);
    bay.must(
        """
        if grep -q " $MNT " /proc/self/mounts; then umount $MNT; fi
        for i in $(seq 500); do if umount $BELOW 2>err; then exit; fi; sleep 0.02; done
        cat err >&2
        exit 1
        """);
  }
}
