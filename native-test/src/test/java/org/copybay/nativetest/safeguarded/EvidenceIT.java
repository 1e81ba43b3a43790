package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What proves a backup, what happens to one that somebody changed, and backups by schedule. */
class EvidenceIT {
  /** Waits until all backups are hashed; flips the bits of a byte of a file; verifies as a job. */
  private static final String WORDS =
      """
      P=$C/safeguard/PAY
      sealed() { until ! sed 1d $P/evidence | grep -qv ' sealed '; do sleep 0.05; done; }
      flip() {
        local byte=$(od -An -tu1 -j $2 -N 1 $1)
        printf "\\\\x$(printf %02x $((byte ^ 255)))" | dd of=$1 bs=1 seek=$2 conv=notrunc status=none
      }
      verify() {
        local jobs job
        exec 5<>$P/ctl
        echo "verify $*" >&5
        read -r jobs <&5
        exec 5>&-
        for job in $(echo $jobs | sed 's/.*jobs=//; s/^ok //; s/ .*//; s/,/ /g'); do
          cat $C/jobs/$job/wait >/dev/null || return 1
        done
      }
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final SafeguardedShell shell = new SafeguardedShell(bay);

  @Test
  void aBackupIsHashedSoonAfterItWasMade() {
    shell.must(
        WORDS
            + """
            volume a 64M; pay a
            s backup session=PAY
            until grep -q ' a sealed ' $P/evidence; do sed 1d $P/evidence >>states; done
            if [ -e states ]; then
              if grep -vE ' a (waiting -|"hashing [0-9]+ %" -|sealed [0-9a-f]{64}) -$' states; then exit 1; fi
            fi
            root=$(sed 1d $P/evidence | cut -d ' ' -f 4)
            echo $root | grep -qE '^[0-9a-f]{64}$'
            until grep -q " seal noted .* root $root" $C/audit; do sleep 0.05; done
            grep -q "^$(latest) .* sealed a -$" $P/backups
            """);
    bay.kill9();
    bay.mount();
    shell.must(WORDS + "grep -q ' a sealed ' $P/evidence");
  }

  @Test
  void aByteThatSomebodyFlippedIsFoundNamedAndNeverServed() {
    shell.must(
        WORDS
            + """
            volume a 8M; volume b 4M; pay a b
            cp $V/a a.old
            s backup session=PAY lock=7d
            sealed; latest >id
            verify "backup=$(cat id)"
            grep -qE "^$(cat id) .* sealed a,b [0-9T:-]+Z$" $P/backups
            flip $(sed -n 's/^path: //p' $C/volumes/a/status) 3000000
            if verify "backup=$(cat id)" 2>why; then exit 1; fi
            grep -q 'Input/output error' why
            """);
    String home = bay.status("a", "path");
    String damaged =
        WORDS
            + """
            id=$(cat id)
            grep -q "^$id .* H1 no .* SGC1005E .* damaged " $P/backups
            grep -q "^$id a .damaged: " $P/evidence
            grep -q "^$id b sealed " $P/evidence
            grep -q "safeguarded session PAY: backup $id: verification failed: volume a, " $C/health
            grep -h '^error: ' $C/jobs/*/status | grep -F "SGC1005E: verification failed: backup $id" |
              grep -F 'track 45 (bytes 2949120-3014655)' | grep -F ', in %s'
            if s recover session=PAY backup=$id 2>why; then exit 1; fi
            grep -q "SGC1005E: backup $id is not recoverable: verification failed: volume a, " why
            if dd if=$B/PAY/$id/a of=/dev/null bs=64K skip=45 count=1 2>why; then exit 1; fi
            grep -q 'Input/output error' why
            grep -q 'safeguarded verify' $C/last_error
            dd if=$B/PAY/$id/a bs=64K count=45 status=none | cmp -n 2949120 - a.old
            dd if=$B/PAY/$id/a bs=64K skip=46 status=none | cmp - <(tail -c +3014657 a.old)
            cmp $V/b $B/PAY/$id/b
            """
                .formatted(home);
    shell.must(damaged);
    bay.remount();
    shell.must(damaged);
    shell.must(
        WORDS
            + """
            flip $(sed -n 's/^path: //p' $C/volumes/a/status) 3000000
            verify
            if grep -q verification $C/health; then exit 1; fi
            s recover session=PAY backup=$(cat id)
            cmp a.old $V/ra
            """);
  }

  @Test
  void aPageOfTheEvidenceThatSomebodyFlippedIsFoundWhenItIsRead() {
    shell.must(
        WORDS
            + """
            volume a 8M; pay a
            cp $V/a a.old
            s backup session=PAY
            sealed
            dirname "$(sed -n 's/^path: //p' $C/volumes/a/status)" >dir
            """);
    bay.umount();
    shell.must(WORDS + "flip $(cat dir)/evidence.0 5000");
    bay.mount();
    shell.must(
        WORDS
            + """
            if cat $B/PAY/*/a >/dev/null 2>why; then exit 1; fi
            grep -q 'Input/output error' why
            grep 'safeguarded session PAY: evidence of volume a is damaged: evidence.0' $C/health
            if verify 2>why; then exit 1; fi
            grep -h '^error: ' $C/jobs/*/status | grep 'SGC1005E: verification failed: backup .*evidence.0'
            grep 'safeguarded session PAY: .*evidence.0' $C/health
            grep -q ' damaged ' $P/backups
            if s recover session=PAY backup=$(latest) 2>why; then exit 1; fi
            grep -q 'SGC1005E: backup .* is not recoverable' why
            s discard-evidence session=PAY volume=a confirm=yes
            verify # it waits until all is hashed again
            if grep 'evidence.0' $C/health; then exit 1; fi
            s recover session=PAY backup=$(latest)
            cmp a.old $V/ra
            """);
  }

  @Test
  void aVerificationThatIsCutGoesOnAtTheNextMount() {
    shell.must(
        WORDS
            + """
            volume a 16M; pay a
            for i in 1 2 3; do s backup session=PAY; scribble a; done
            sealed
            echo 'verify rate=2M id=slow' >$P/ctl
            until grep -q 'checkpoint at' $C/jobs/slow/log; do sleep 0.1; done
            """);
    bay.kill9();
    bay.mount();
    shell.must(
        WORDS
            + """
            echo 'rate job=slow limit=0' >$C/ctl || echo "rate $(cat $C/last_error)"
            cat $C/jobs/slow/wait
            grep -q '^result: verified=3' $C/jobs/slow/status
            if sed 1d $P/backups | grep -vE 'Z$'; then exit 1; fi
            """);
  }

  @Test
  void aScheduleIsKeptOverAMount() {
    String kept =
        WORDS
            + """
            grep -q '^schedule: every 6h$' $P/status
            grep -qE '^next_backup: [0-9-]+T(00|06|12|18):00:00Z$' $P/status
            grep -q '^schedule: every 6h$' $P/properties
            """;
    shell.must(
        """
        volume a 1M; pay a
        s set session=PAY 'schedule="every 6h"'
        """);
    shell.must(kept);
    bay.kill9();
    bay.mount();
    shell.must(kept + "s set session=PAY schedule=none; grep -q '^schedule: none$' $P/status");
    assertThat(shell.refused("s set session=PAY schedule=never")).contains("every 6h");
  }
}
