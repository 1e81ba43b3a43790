package org.copybay.nativetest.safeguarded;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of programs that write when the backups of a volume have used up their capacity. */
class FullCapacityIT {
  /** Writes after backups until a write waits; leaves the pid of the program as writer. */
  private static final String WORDS =
      """
      waits() { grep -q 'backups of volume a need 100 % .*, and programs wait in write' $C/health; }
      begin() {
        dd if=$1 of=$V/a bs=64K conv=notrunc status=none 2>why &
        writer=$!
        while kill -0 $writer 2>/dev/null; do
          if waits; then return 0; fi
        done
        return 1
      }
      fill() { until begin $1; do s backup session=PAY; done; }
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final SafeguardedShell shell = new SafeguardedShell(bay);

  /** 1000000 bytes are no whole number of blocks: what is left of the last one is no room. */
  @Test
  void aWriteWaitsForRoomAndEndsByASignal() {
    shell.must(
        WORDS
            + """
            volume a 4M; pay a
            head -c 4M /dev/urandom >new
            s set session=PAY capacity=1000000 on_full=block-writes minimum_interval=0
            s backup session=PAY
            fill new
            kill -9 $writer
            if wait $writer; then exit 1; fi
            if waits; then exit 1; fi
            grep -q 'broken off by a signal while it waited for room' $C/last_error
            fill new
            kill -TERM $writer
            if wait $writer; then exit 1; fi
            if s set session=PAY capacity=4095 2>why; then exit 1; fi
            grep -q 'less than a block' why

            head -c 64K new | dd of=$V/a bs=64K conv=notrunc status=none # has its room
            latest >id
            cp $B/PAY/$(cat id)/a a.old
            fill new
            s set session=PAY capacity=0
            wait $writer
            cmp new $V/a
            cmp a.old $B/PAY/$(cat id)/a
            until ! waits; do sleep 0.1; done
            """);
    bay.remount();
    shell.must("cmp new $V/a; cmp a.old $B/PAY/$(cat id)/a");
  }

  @Test
  void aWriteThatWaitsGoesOnWhereABackupExpires() {
    shell.must(
        WORDS
            + """
            volume a 4M; pay a
            head -c 4M /dev/urandom >new
            s set session=PAY capacity=1M on_full=block-writes minimum_interval=0
            s backup session=PAY
            fill new
            while kill -0 $writer 2>/dev/null; do
              s terminate session=PAY confirm=$(ids | wc -l) || [ -z "$(ids)" ]
            done
            wait $writer
            cmp new $V/a
            """);
  }

  /** And a program goes on when the volume leaves the session. */
  @Test
  void aRestoreWaitsForNoRoom() {
    shell.must(
        WORDS
            + """
            volume a 4M; pay a
            cp $V/a a.old
            head -c 4M /dev/urandom >new
            s set session=PAY capacity=1M on_full=block-writes minimum_interval=0
            s backup session=PAY
            latest >id
            fill new
            kill -9 $writer
            if wait $writer; then exit 1; fi
            s restore session=PAY backup=$(cat id) confirm=yes
            cmp a.old $V/a
            until grep 'suspended: .* has reached its capacity' $C/health; do sleep 0.1; done
            s set session=PAY capacity=0
            s initiate-background-copy session=PAY set=restore
            while grep -q restore $C/safeguard/PAY/recoveries; do sleep 0.1; done
            cmp a.old $V/a
            s set session=PAY capacity=1M
            fill new
            s set session=PAY capacity=4096
            s remove session=PAY volume=a
            wait $writer
            cmp new $V/a
            """);
  }

  @Test
  void lockedBackupsAreNotRolledOffAndWritesFail() {
    shell.must(
        WORDS
            + """
            volume a 4M; pay a
            cp $V/a a.old
            s set session=PAY capacity=1M on_full=auto-roll minimum_interval=0
            s backup session=PAY lock=7d
            ids >first
            until ! dd if=/dev/urandom of=$V/a bs=64K count=64 conv=notrunc status=none 2>why; do
              s backup session=PAY lock=7d
              ids >>first
            done
            grep -q 'No space left on device' why
            sort -u first | cmp - <(ids)
            cmp a.old $B/PAY/$(head -n 1 first)/a
            grep -q 'backups of volume a need 100 % of their capacity' $C/health
            """);
  }
}
