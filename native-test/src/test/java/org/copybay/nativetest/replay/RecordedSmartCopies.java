package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.copybay.nativetest.Shell;

/**
 * Smart copies to blank targets and to one that holds something, and a restore, of a cartridge that
 * was unloaded. After power loss at any moment the cartridge holds what it did, each target is
 * blank, or complete (P6), and one whose job had ended is complete (P2, P7). A job that goes on
 * completes.
 */
final class RecordedSmartCopies implements Scenario {
  private static final int FILES = 3;
  private static final List<String> TARGETS = List.of("PH1", "PH2", "PH3");

  private final List<Step> steps = new CopyOnWriteArrayList<>();
  private int copies;
  private long prepared;

  /** A job, the cartridge that it makes, of what, and the positions before it and after its end. */
  private static final class Step {
    final String job;
    final String target;
    final String file;
    volatile long begun = Long.MAX_VALUE;
    volatile long done = Long.MAX_VALUE;

    Step(String job, String target, String file) {
      this.job = job;
      this.target = target;
      this.file = file;
    }
  }

  @Override
  public void prepare(Recording recording) {
    recording.bay().must("mkdir $BELOW/vault; sync -f $BELOW");
    recording.command("tape library name=VTL drives=1 slots=4");
    recording.command("tape library name=VAULT type=destination path=" + vault(recording));
    recording.command("tape add library=VTL barcode=VT1,VT2 capacity=256M");
    recording.command("tape add library=VAULT barcode=PH1,PH2,PH3 capacity=256M");
    for (int i = 1; i <= 2; i++) {
      recording.command("tape load barcode=VT" + i + " drive=nst0");
      for (int f = 0; f < FILES; f++) {
        recording.bay().must("head -c 333333 /dev/urandom | dd of=$MNT/drives/nst0 bs=9999");
      }
      recording.command("tape unload drive=nst0");
      recording.bay().must("cp $MNT/tapes/VT" + i + " vt" + i);
    }
    prepared = recording.position();
  }

  private static String vault(Recording recording) {
    return recording.bay().below().resolve("vault").toString();
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    actors.add(() -> work(recording));
    return actors;
  }

  private Void work(Recording recording) {
    if (copies == 0) {
      job(recording, "PH1", "vt2", "tape copy from=VT2 to=PH1");
      job(recording, "PH1", "vt1", "tape copy from=VT1 to=PH1 clear=yes");
      job(recording, "PH2", "vt1", "tape copy from=VT1 to=PH2");
    } else {
      job(recording, "VT1", "vt1", "tape restore barcode=VT1");
      job(recording, "PH3", "vt1", "tape copy from=VT1 to=PH3 verify=no");
    }
    return null;
  }

  private void job(Recording recording, String target, String file, String line) {
    Step step = new Step("s" + copies++, target, file);
    step.begun = recording.position();
    steps.add(step);
    recording.command(line + " id=" + step.job);
    recording.bay().must("cat $C/jobs/" + step.job + "/wait");
    step.done = recording.position();
  }

  // ---- the look

  @Override
  public void check(Recovered state) {
    TARGETS.forEach(target -> blankOrComplete(state, target));
    for (Step step : steps) {
      // what was interrupted begins anew, and ends
      Shell.Result ended =
          state.bay().run("F=$C/jobs/%s; ! test -e $F || cat $F/wait".formatted(step.job));
      if (ended.status() != 0) {
        state.complain("job " + step.job + ": " + ended.out() + ended.err());
      }
      boolean later =
          steps.stream()
              .skip(steps.indexOf(step) + 1L)
              .anyMatch(each -> each.target.equals(step.target) && state.after(each.begun));
      if (state.after(step.done) && !later) {
        requireSame(state, step.target, step.file);
      }
    }
    TARGETS.forEach(target -> blankOrComplete(state, target));
    if (state.after(prepared)) {
      requireSame(state, "VT1", "vt1");
      requireSame(state, "VT2", "vt2");
    }
  }

  private static void blankOrComplete(Recovered state, String target) {
    Shell.Result look =
        state
            .bay()
            .run(
                """
                F=$MNT/tapes/%s; test -e $F || exit 0
                test "$(wc -c <$F)" = 0 || cmp -s vt1 $F || cmp vt2 $F
                """
                    .formatted(target));
    if (look.status() != 0) {
      state.complain(target + " is neither blank nor complete: " + look.out() + look.err());
    }
  }

  private static void requireSame(Recovered state, String barcode, String file) {
    Shell.Result same = state.bay().run("cmp %s $MNT/tapes/%s".formatted(file, barcode));
    if (same.status() != 0) {
      state.complain(barcode + " is not what it was: " + same.out() + same.err());
    }
  }
}
