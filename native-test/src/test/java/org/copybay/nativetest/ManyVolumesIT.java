package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hundreds of volumes, and several shells that make them at once. */
class ManyVolumesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("256m");

  @Test
  void areAllListedAndAllRemoved() {
    BAY.must("for i in {1..400}; do echo $i >$V/volume-with-a-long-name-$i; done");

    assertThat(BAY.must("ls $V | wc -l")).isEqualTo("400");
    assertThat(BAY.must("ls -l $V | grep -c ^-rw")).isEqualTo("400");
    BAY.must("cat $V/* | sort -n | cmp - <(seq 400)");
    BAY.remount();
    BAY.must("cat $V/* | sort -n | cmp - <(seq 400); rm -r $V/*");
    assertThat(BAY.must("ls $V")).isEmpty();
  }

  @Test
  void areMadeByManyShellsAtOnce() {
    BAY.must(
        """
        head -c 40M /dev/urandom >data
        for i in {0..7}; do
          dd if=data of=$V/p$i bs=5000001 skip=$i count=1 status=none & jobs[i]=$!
        done
        for job in ${jobs[@]}; do wait $job; done
        cat $V/p? | cmp -n 40000008 - data
        for i in {0..7}; do mv $V/p$i $V/q$(((i + 3) % 8)) & jobs[i]=$!; done
        for job in ${jobs[@]}; do wait $job; done
        cmp -n 5000001 $V/q3 data
        ls $V | wc -l | grep -x 8
        for i in {0..7}; do rm $V/q$i & jobs[i]=$!; done
        for job in ${jobs[@]}; do wait $job; done
        """);

    assertThat(BAY.must("ls $V")).isEmpty();
  }

  @Test
  void manyOpenAtOnce() {
    BAY.must(
        """
        ulimit -n 1000
        for i in {10..300}; do eval "exec $i<>$V/o$i"; echo $i >&$i; done
        for i in {10..300}; do eval "exec $i>&-"; done
        cat $V/o* | sort -n | cmp - <(seq 10 300)
        rm $V/o*
        """);
  }
}
