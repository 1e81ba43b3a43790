package org.copybay.nativetest.replay;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/**
 * Mounts a disk after a power loss and the bay on it, and takes both away again. Of some states the
 * daemon is killed and the bay mounted once more: what was read after the power loss stays.
 */
final class Recovery {
  /** What makes a mount recover as after a power loss; not every launcher knows it. */
  private static final String AS_AFTER_POWER_LOSS = "recover=power";

  /** One state of so many is mounted twice. */
  private static final int MOUNTED_TWICE = 4;

  private final TestBay bay;
  private final String options;
  private int states;
  private boolean logPrinted;

  /** Nothing of the bay is mounted. */
  Recovery(TestBay bay) {
    this.bay = bay;
    // The launcher names the options that it knows when it refuses one.
    boolean known = bay.refused("$COPYBAY mount $BAY $MNT -o no_such_option").contains("recover=");
    this.options = known ? AS_AFTER_POWER_LOSS : "";
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
      requireInOrder(state, options.isEmpty() ? "" : "--power-loss");
      look(state, options, check);
      if (states++ % MOUNTED_TWICE == 0 && state.complaints().isEmpty()) {
        killDaemon();
        requireInOrder(state, "");
        look(state, "", check);
      }
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

  /** What a power loss or kill -9 leaves is in order, says {@code copybay check}. */
  private void requireInOrder(Recovered state, String how) {
    Shell.Result found = bay.run("$COPYBAY check " + how + " $BAY");
    if (found.status() != 0) {
      state.complain("not in order: " + found.out() + found.err());
    }
  }

  private void look(Recovered state, String how, Consumer<Recovered> check) {
    Shell.Result mount = bay.withOptions(how).tryMount();
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

  /** As {@link TestBay#kill9}, but does not wait until the parent of the daemon took note. */
  private void killDaemon() {
    bay.daemon().ifPresent(Recovery::kill);
    bay.must("if grep -q \" $MNT \" /proc/self/mounts; then umount $MNT; fi");
  }

  /** Returns when all threads are dead, whose files are closed then. */
  private static void kill(ProcessHandle daemon) {
    daemon.destroyForcibly();
    Shell.run(
            "while grep -qs '^State:.[^XZ]' /proc/%d/task/*/status; do sleep 0.01; done"
                .formatted(daemon.pid()))
        .ok();
  }

  private void takeAway() {
    killDaemon();
    bay.must("umount $BELOW");
  }
}
