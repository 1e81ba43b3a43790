package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** cmp and sha256sum read the same bytes before and after a remount. */
class ChecksumToolsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("64m");

  @Test
  void sumsStayTheSame() {
    BAY.must("for n in 1 511 4097 1048577; do head -c $n /dev/urandom >d$n; cp d$n $V/; done");
    BAY.must("sha256sum d* >sums; cd $V; sha256sum -c --quiet $T/sums");

    BAY.remount();

    BAY.must("cd $V; sha256sum -c --quiet $T/sums; cd $T; for d in d*; do cmp $d $V/$d; done");
  }

  @Test
  void oneChangedByteIsFound() {
    BAY.must(
        "head -c 1M /dev/zero >zeros; cp zeros $V/v; printf x | dd of=$V/v bs=1 seek=777777 conv=notrunc");

    Shell.Result result = BAY.run("cmp zeros $V/v");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("byte 777778");
  }
}
