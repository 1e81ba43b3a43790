package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** tar, cpio, dd and the shell on a drive. */
class TapeToolsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  /** A tree of so many MiB of what does not compress, with a hole and a long name. */
  private static final String TREE =
      """
      tree() {
        rm -rf tree out; mkdir -p tree/$(printf 'd%%.0s' {1..120}) out
        for i in $(seq $1); do head -c 1M /dev/urandom >tree/f$i; done
        truncate -s 3M tree/hole; ln -s f1 tree/link; echo small >tree/ddd
      }
      """
          .replace("%%", "%");

  @BeforeEach
  void load() {
    vtl.loaded(4, "20M");
  }

  @Test
  void tarListsExtractsAndComparesWhatItWrote() {
    vtl.must(
        TREE
            + """
            tree 3
            tar -b 20 -cf $N tree
            mt rewind; tar -b 20 -tf $N >list; test $(wc -l <list) = 8
            mt rewind; tar -b 20 -xf $N -C out; diff -r tree out/tree
            mt rewind; tar -b 20 -df $N
            mt rewind; tar -tf $N | cmp - list
            """);
    assertThat(vtl.must("objects VT0001L8 | tr ' ' '\\n' | sort -u | paste -sd' '"))
        .isEqualTo("10240 FM");
  }

  @Test
  void archivesFollowOneAnother() {
    vtl.must(
        """
        for i in 0 1 2 3; do rm -rf t$i; mkdir t$i; seq $((i * 5000)) >t$i/numbers; done
        for i in 0 1 2; do tar -cf $N t$i; done
        for i in 2 0 1; do mt asf $i; tar -df $N; mt asf $i; tar -tf $N | grep -qx t$i/numbers; done
        # without a move between, each reads its own: tar leaves the tape before the filemark
        mt rewind; tar -tf $N; mt fsf 1; tar -tf $N | grep -qx t1/numbers
        # one in the middle cuts those behind it
        mt asf 1; tar -cf $N t3; mt rewind; mt fsf 1; tar -df $N
        if mt asf 3; then exit 1; fi
        """);
  }

  @Test
  void tarAppendsInPlace() {
    vtl.must(
        """
        rm -rf t0 t1; mkdir t0 t1; seq 20000 >t0/a; seq 30000 >t1/b
        tar -cf $N t0; mt rewind; tar -rf $N t1; mt rewind; tar -df $N
        mt rewind; tar -tf $N | paste -sd' ' | grep -qx 't0/ t0/a t1/ t1/b'
        """);
    assertThat(vtl.must("objects VT0001L8 | tr ' ' '\\n' | grep -c FM")).isEqualTo("1");
  }

  @Test
  void anArchiveGoesOnOverCartridges() {
    vtl.must(
        TREE
            + """
            c tape add library=VTL1 barcode=S1,S2,S3,S4 capacity=4M
            cat >next.sh <<END
            #!/bin/sh -e
            now=\\$($MTX $X loaded 0 $N 0)
            $MTX $X unload \\$now $N 0; $MTX $X load \\$((now + 1)) $N 0
            echo \\$now >>changes
            END
            chmod +x next.sh
            tree 8; rm -f changes
            x unload 1 0; x load 5 0
            tar -cM -F ./next.sh -f $N tree
            test "$(paste -sd' ' changes)" = '5 6'
            x unload 7 0; x load 5 0
            tar -xM -F ./next.sh -f $N -C out
            diff -r tree out/tree
            test "$(paste -sd' ' changes)" = '5 6 5 6'
            """);
    // the mark that ends each is behind the early warning
    assertThat(
            vtl.must("for b in S1 S2 S3; do objects $b | sed -E 's/(10240 )+/R /'; done | sort -u"))
        .isEqualTo("R FM");
  }

  @Test
  void cpioTakesItsBlocks() {
    Needs.program("cpio");
    vtl.must(
        TREE
            + """
            tree 2
            find tree | cpio --quiet -o -H newc -C 5120 -O $N
            mt rewind; cd out; cpio --quiet -id -C 5120 -I $N; cd ..; diff -r tree out/tree
            """);
    assertThat(vtl.must("objects VT0001L8 | tr ' ' '\\n' | sort -u | paste -sd' '"))
        .isEqualTo("5120 FM");
    assertThat(vtl.refused("mt rewind; cpio --quiet -it -I $N")).contains("Cannot allocate memory");
    assertThat(vtl.must("why")).isEqualTo("nst0: record 0 has 5120 bytes, the program read 512");
  }

  @Test
  void recordsKeepTheirSizes() {
    assertThat(
            vtl.must(
                """
                head -c 2M /dev/urandom >z
                for s in 100 5000 65536 131072 1000000; do dd if=z of=$N bs=$s count=1 status=none; done
                mt rewind
                for s in 100 5000 65536 131072 1000000; do
                  dd if=$N bs=1044480 status=none | cmp - <(head -c $s z); echo $s
                done
                objects VT0001L8
                """))
        .endsWith("100 FM 5000 FM 65536 FM 131072 FM 1000000 FM");
    // a record that is longer than the read is passed
    assertThat(vtl.refused("mt rewind; mt fsf 1; dd if=$N bs=4999")).contains("Cannot allocate");
    assertThat(vtl.must("mt tell")).isEqualTo("At block 3.");
  }

  @Test
  void programsWithOneDescriptorWriteOneFile() {
    vtl.must(
        """
        seq 100000 >a; head -c 3000 a >b
        { dd if=b bs=1000 status=none; dd if=b bs=1500 status=none; } >$N
        """);
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("1000 1000 1000 1500 1500 FM");
    vtl.must(
        "mt rewind; { dd bs=4k count=3 status=none; dd bs=4k status=none; } <$N | cmp - <(cat b b)");
  }

  @Test
  void theShellWritesWhereTheTapeStands() {
    vtl.must("echo one >$N; echo three >>$N; echo fives >$N; echo sevens >>$N");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("4 FM 6 FM 6 FM 7 FM");
    // nothing written is no filemark; truncate is taken and does nothing
    vtl.must(
        ": >$N; : >>$N; truncate -s 0 $N; touch $N; cat <$N; mt asf 1; cat $N | grep -qx three");
    assertThat(vtl.must("mt tell; stat -c %s $N")).isEqualTo("At block 4.\n0");
  }

  @Test
  void theTwinRewinds() {
    assertThat(
            vtl.must(
                """
                echo one >$N; echo three >>$D/st0; mt tell; cat $D/st0; mt tell; cat $D/st0
                mt-st -f $D/st0 fsf 1; mt tell; mt fsf 1; mt tell; mt-st -f $D/st0 status | grep -c BOT
                """
                    .replace("status | grep -c BOT", "status | grep File; mt tell")))
        .isEqualTo(
            "At block 0.\none\nAt block 0.\none\nAt block 0.\nAt block 2.\n"
                + "File number=1, block number=0, partition=0.\nAt block 0.");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("4 FM 6 FM");
  }

  @Test
  void namesInDrivesStayAsTheyAre() {
    for (String gesture :
        new String[] {"rm $N", "mv $N $D/x", "touch $D/new", "mkdir $D/new", "ln -s a $D/new"}) {
      assertThat(vtl.refused(gesture)).contains("Operation not permitted");
      assertThat(vtl.must("why")).contains("drives/ holds the drives of tape libraries only");
    }
    assertThat(vtl.must("ls $D | paste -sd' '")).isEqualTo("nst0 nst1 st0 st1");
  }
}
