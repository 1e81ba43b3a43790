package org.copybay.nativetest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two programs that make a volume of the same name at the same time. */
class TwoMakersIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @Test
  void bothWriteTheSameVolumeAndNoneIsTorn() {
    bay.must(
        """
        head -c 3M /dev/urandom >one; head -c 3M /dev/urandom >two
        for i in $(seq 10); do
            cp one $V/x$i 2>err1 & first=$!
            cp two $V/x$i 2>err2 & second=$!
            done=0
            wait $first && done=1; wait $second && done=1
            test $done = 1
            cmp -s one $V/x$i || cmp -s two $V/x$i
            test $(cat $C/volumes/x$i/state) = ready
        done
        """);
  }

  @Test
  void ofTwoThatWantANewFileOneIsRefused() {
    bay.must(
        """
        for i in $(seq 10); do
            (set -C; echo one >$V/y$i) 2>err1 & first=$!
            (set -C; echo two >$V/y$i) 2>err2 & second=$!
            won=0
            wait $first && won=$((won + 1)); wait $second && won=$((won + 1))
            test $won = 1
            grep -qx -e one -e two $V/y$i
        done
        """);
  }
}
