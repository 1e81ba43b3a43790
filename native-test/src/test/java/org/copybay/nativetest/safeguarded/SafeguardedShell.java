package org.copybay.nativetest.safeguarded;

import java.util.List;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/**
 * Scripts about safeguarded sessions, with a few words of their own:
 *
 * <pre>
 * s backup session=PAY     a command of safeguarded sessions; a refusal prints last_error
 * volume a 8M              makes a volume of random bytes
 * scribble a               overwrites all of it with others
 * ids                      the numbers of the backups of PAY, the oldest first
 * latest                   the last one
 * jobs                     waits for the end of all jobs
 * pay a                    makes the session PAY of volumes; of each NAME the recovery volume is rNAME
 * </pre>
 */
final class SafeguardedShell {
  private static final String WORDS =
      """
      B=$MNT/backups
      s() { echo "safeguarded $*" >$C/ctl || { cat $C/last_error >&2; return 1; }; }
      volume() {
        echo "create volume $1 size=$2" >$C/ctl
        scribble $1
      }
      scribble() {
        dd if=/dev/urandom of=$V/$1 bs=64K count=$(($(stat -c %s $V/$1) / 65536)) conv=notrunc,fsync status=none
      }
      ids() { ls $B/PAY | sort -n; }
      latest() { ids | tail -n 1; }
      jobs() { local each; for each in $C/jobs/*/wait; do if [ -e $each ]; then cat $each; fi; done; }
      pay() {
        local each
        s create session=PAY
        for each; do
          echo "create volume r$each size=$(stat -c %s $V/$each)" >$C/ctl
          s add session=PAY volume=$each recovery=r$each
        done
      }
      """;

  private final TestBay bay;

  SafeguardedShell(TestBay bay) {
    this.bay = bay;
  }

  Shell.Result run(String script) {
    return bay.run(WORDS + script);
  }

  /** Runs a script that must succeed; returns what it printed. */
  String must(String script) {
    return run(script).ok();
  }

  /** Runs a script that must fail; returns what it printed on standard error. */
  String refused(String script) {
    return run(script).refused();
  }

  /** The lines of the audit log. */
  List<String> audit() {
    return bay.must("cat $C/audit")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .filter(line -> !line.contains(" seal noted ")) // what the bay does by itself, any time
        .toList();
  }
}
