package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tapes on a mount through libfuse 2, whose requests bring less: shorter records, same blocks. */
class JnrTapeIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk().withOptions("transport=jnr");

  private final Vtl vtl = new Vtl(BAY);

  @BeforeAll
  static void need() {
    Needs.libfuse2();
  }

  @BeforeEach
  void load() {
    vtl.loaded(2, "100M");
  }

  @Test
  void tarAndMt() {
    assertThat(
            vtl.must(
                """
                mkdir -p t; seq 100000 >t/a; head -c 1M /dev/urandom >t/b
                tar -cf $N t; tar -cf $N t/a; st | grep -q '^File number=2, block number=0'
                mt rewind; tar -df $N; mt asf 1; tar -tf $N; mt rewind; tar -rf $N t/a
                mt eod; mt tell; mt weof 1; mt tell; mt bsf 1; echo x >>$N; mt offline
                if mt rewind 2>/dev/null; then exit 1; fi
                mt load; objects VT0001L8 | sed -E 's/(10240 )+/R /'
                test "$(stat -c %o $MNT/tapes/VT0001L8 $N | paste -sd' ')" = '131072 4096'
                """))
        .startsWith("t/a\nAt block ")
        .endsWith("R FM 2 FM");
  }

  @Test
  void recordsAndBlocks() {
    vtl.python(
        """
        SIZES = (1, 2, 511, 512, 4095, 4096, 65535, 65536, 126975, 126976)
        fd = drive("nst0")
        for offset in 0, 16, 4095:
            op(fd, REW)
            for i, size in enumerate(SIZES):
                assert write(fd, Buffer(size, offset).put(pattern(i, size))) == size, (offset, size)
            op(fd, REW)
            buffer = Buffer(126976, offset)
            for i, size in enumerate(SIZES):
                assert read(fd, buffer) == size and buffer.get(size) == pattern(i, size), (offset, size)
            assert read(fd, buffer) == 0
            assert error(write, fd, Buffer(126977, offset)) == "EINVAL"
            assert error(write, fd, Buffer(1044480, offset)) == "EINVAL"
        """);
    assertThat(vtl.must("why")).startsWith("nst0: a record has at most 126976 bytes, got ");
    vtl.must(
        """
        mt rewind; dd if=/dev/urandom of=z bs=1M count=4 status=none
        for s in 100 5000 65536 126976; do dd if=z of=$N bs=$s count=1 status=none; done
        test "$(objects VT0001L8)" = '100 FM 5000 FM 65536 FM 126976 FM'
        mt rewind; for s in 100 5000 65536 126976; do dd if=$N bs=131072 status=none | cmp - <(head -c $s z); done
        mt setblk 262144; mt rewind; dd if=z of=$N bs=1M status=none
        mt rewind; dd if=$N bs=512k status=none | cmp - z
        """);
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("262144 ".repeat(16) + "FM");
    vtl.python(
        """
        fd = drive("nst0")
        for offset in 16, 4095:
            op(fd, REW)
            data = os.urandom(3 << 20)
            assert write(fd, Buffer(len(data), offset).put(data)) == len(data)
            op(fd, WEOF)
            op(fd, REW)
            buffer = Buffer(len(data), offset)
            assert read(fd, buffer) == len(data) and buffer.get(len(data)) == data
        """);
  }
}
