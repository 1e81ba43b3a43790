package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** dd with every way of opening, and block sizes that are no multiple of anything. */
class DdIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int SIZE = 1_300_021;

  @BeforeAll
  static void makeData() {
    BAY.must("head -c " + SIZE + " /dev/urandom >data");
  }

  @ParameterizedTest
  @CsvSource({
    "777, fullblock",
    "4096, direct",
    "4097, direct",
    "65536, dsync",
    "100003, sync",
    "511, append"
  })
  void writesAFinishedVolume(int blockSize, String flag) {
    BAY.must("truncate -s " + SIZE + " $V/v");

    String options = flag.equals("fullblock") || flag.equals("append") ? "" : " oflag=" + flag;
    BAY.must("dd if=data of=$V/v bs=" + blockSize + " conv=notrunc" + options);

    BAY.must("cmp data $V/v; dd if=$V/v bs=1M iflag=direct | cmp - data; rm $V/v");
  }

  @ParameterizedTest
  @ValueSource(ints = {513, 4096, 100_003, 1 << 20})
  void readsDirectWhatWasWritten(int blockSize) {
    BAY.must("cp data $V/v");

    BAY.must("dd if=$V/v of=read bs=" + blockSize + " iflag=direct");

    BAY.must("cmp data read; rm $V/v");
  }

  @Test
  void directWritesAreSeenByBufferedReadersAndTheOtherWayRound() {
    BAY.must("cp data $V/v; cat $V/v >/dev/null");

    BAY.must(
        """
        head -c 8192 /dev/zero | dd of=$V/v bs=4096 seek=5 oflag=direct conv=notrunc
        cmp -n 8192 -i 20480:0 $V/v /dev/zero
        printf 'later' | dd of=$V/v bs=1 seek=20481 conv=notrunc
        dd if=$V/v of=piece iflag=direct,skip_bytes,count_bytes skip=20480 count=7 bs=512
        """);

    assertThat(BAY.must("od -An -c piece | tr -d ' '")).isEqualTo("\\0later\\0");
    BAY.must("rm $V/v");
  }

  @Test
  void seekAndSkipTouchNothingElse() {
    BAY.must("cp data $V/v; cp data model");

    BAY.must(
        """
        for f in $V/v model; do
          dd if=data of=$f bs=1021 skip=3 seek=700 count=5 conv=notrunc
          dd if=data of=$f bs=64k seek=2 count=1 conv=notrunc,fdatasync
          dd if=data of=$f bs=1 seek=1300020 count=1 conv=notrunc,fsync
        done
        cmp model $V/v; rm $V/v
        """);
  }

  @Test
  void whatWasWrittenIsThereAfterARemount() {
    BAY.must("truncate -s " + SIZE + " $V/v $V/w");
    BAY.must("dd if=data of=$V/v bs=777 conv=notrunc; dd if=data of=$V/w bs=8k oflag=direct");

    BAY.remount();

    BAY.must("cmp data $V/v; cmp data $V/w; rm $V/v $V/w");
  }

  @Test
  void convSparseMakesHolesInANewVolume() {
    BAY.must(
        """
        { head -c 64K data; head -c 4M /dev/zero; head -c 64K data; } >holey
        dd if=holey of=$V/v bs=64k conv=sparse
        cmp holey $V/v
        """);

    assertThat(Long.parseLong(BAY.must("du -k $V/v | cut -f1"))).isLessThan(1024);
    BAY.must("rm $V/v");
  }
}
