package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** .control/metrics, as a shell and a textfile collector read it. */
class MetricsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static double value(String sample) {
    String line = BAY.must("grep -F '" + sample + " ' $C/metrics");
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  @Test
  void countersGrowWithWhatDdMoves() {
    BAY.must("echo 'create volume payroll size=4M' >$C/ctl");
    double before = value("copybay_volume_changed_bytes_total{volume=\"payroll\"}");

    BAY.must("dd if=/dev/urandom of=$V/payroll bs=64K count=16 conv=notrunc status=none");
    BAY.must("dd if=$V/payroll of=/dev/null bs=1M iflag=direct status=none");

    assertThat(value("copybay_volume_changed_bytes_total{volume=\"payroll\"}") - before)
        .isEqualTo(1 << 20);
    assertThat(value("copybay_volume_read_bytes_total{volume=\"payroll\"}"))
        .isGreaterThanOrEqualTo(4 << 20);
    assertThat(value("copybay_volume_size_bytes{volume=\"payroll\"}")).isEqualTo(4 << 20);
  }

  @Test
  void writersAreCounted() {
    BAY.must(
        """
        echo 'create volume open size=4M' >$C/ctl
        exec 5<>$V/open
        grep -Fx 'copybay_volume_writers{volume="open"} 1.0' $C/metrics
        """);
    assertThat(value("copybay_volume_writers{volume=\"open\"}")).isZero();
  }

  @Test
  void theExampleOfTheDocumentLeavesAWholeFile() {
    BAY.must(
        """
        cp $C/metrics bay.new && mv bay.new bay.prom
        test $(stat -c %s bay.prom) = $(stat -c %s $C/metrics)
        grep -x '# TYPE copybay_health gauge' bay.prom
        grep -x 'copybay_health 0.0' bay.prom
        """);
  }

  @Test
  void tarFindsTheSizeThatItWasTold() {
    BAY.must(
        """
        for i in $(seq 50); do
            tar cf all.tar -C $C metrics
        done
        tar xOf all.tar metrics | tail -c 1 | cmp - <(echo)
        """);
  }
}
