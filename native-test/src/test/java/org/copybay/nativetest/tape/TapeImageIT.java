package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The images in tapes/: what other programs read in them, also while the tape is written. */
class TapeImageIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  @BeforeEach
  void load() {
    vtl.loaded(3, "200M");
  }

  @Test
  void mtdumpReadsItAndItIsTheFileOfTheBay() {
    vtl.must(
        """
        head -c 3001 /dev/urandom >odd
        dd if=odd of=$N bs=1000 status=none; tar -cf $N odd; echo x >$N; closed
        cmp $MNT/tapes/VT0001L8 $BAY/tapes/VT0001L8/tape.tap
        """);
    assertThat(vtl.must("dump VT0001L8"))
        .isEqualTo("1000 1000 1000 1 FM 10240 FM 2 FM")
        .isEqualTo(vtl.must("objects VT0001L8"));
    assertThat(
            vtl.must(
                "stat -c '%s %A %o' $MNT/tapes/VT000[12]L8; wc -c <$MNT/tapes/VT0001L8;"
                    + " stat -c %s $BAY/tapes/VT0001L8/tape.tap"))
        .isEqualTo("13304 -r--r----- 131072\n0 -r--r----- 131072\n13304\n13304");
    assertThat(vtl.must("mtdump $MNT/tapes/VT0002L8")).doesNotContain("Obj 1,");
  }

  @Test
  void aCopyOfATapeThatIsWrittenIsABeginning() throws Exception {
    Process writer =
        vtl.startPython(
            """
            fd = drive("nst0")
            b = Buffer(200000)
            for i in range(400):
                write(fd, b.put(pattern(i, 200000)), 1 + i * 997 % 200000)
                if i % 10 == 9:
                    op(fd, WEOF)
            """);
    vtl.must(
        """
        while ! test -s $MNT/tapes/VT0001L8; do sleep 0.05; done
        for i in 1 2 3 4 5 6; do cp $MNT/tapes/VT0001L8 copy$i; sleep 0.1; done
        """);
    assertThat(writer.waitFor()).isZero();
    vtl.must(
        """
        for i in 1 2 3 4 5 6; do
          python3 tape.py copy$i >objects; test -s objects
          cmp -n $(stat -c %s copy$i) copy$i $MNT/tapes/VT0001L8
        done
        closed; cmp $MNT/tapes/VT0001L8 $BAY/tapes/VT0001L8/tape.tap
        test "$(stat -c %s copy6)" -gt 0
        """);
  }

  @Test
  void anOpenImageFollowsATapeThatIsWrittenAnew() {
    vtl.python(
        """
        image = os.environ["MNT"] + "/tapes/VT0001L8"
        def put(*sizes):
            fd = drive("st0")
            for i, size in enumerate(sizes):
                os.write(fd, pattern(i + size, size))
            os.close(fd)
            os.close(drive("st0"))  # waits until that has come
        def objects():
            return [each and len(each) for each in records(open(image, "rb").read())]
        put(1000, 2000, 3000)
        assert objects() == [1000, 2000, 3000, None]
        for size in 3000, 10, 70000, 500:
            put(size)
            assert objects() == [size, None]
            assert os.stat(image).st_size == size + 12
        """);
  }

  @Test
  void nothingIsWrittenThroughAnImage() {
    vtl.must("echo x >$N; x load 2 1");
    for (String gesture : new String[] {"echo x >$I", "truncate -s 0 $I", "echo x >>$I"}) {
      assertThat(vtl.refused("I=$MNT/tapes/VT0001L8; " + gesture))
          .contains("Read-only file system");
      assertThat(vtl.must("why")).isEqualTo("cartridge VT0001L8 is written through a drive");
    }
    for (String gesture : new String[] {"rm $I", "mv $I $I.old", "chmod 600 $I"}) {
      assertThat(vtl.refused("I=$MNT/tapes/VT0001L8; " + gesture))
          .contains("Operation not permitted");
      assertThat(vtl.must("why"))
          .isEqualTo("cartridge VT0001L8 is changed by commands and through drives only");
    }
    assertThat(vtl.refused("mkdir $MNT/tapes/d")).contains("Operation not permitted");
    assertThat(vtl.must("why")).isEqualTo("tapes/ holds tape cartridges only");
    assertThat(vtl.must("ls $MNT/tapes | paste -sd' '; objects VT0001L8"))
        .isEqualTo("VT0001L8 VT0002L8 VT0003L8\n2 FM");
  }

  @Test
  void aSpoiledTapeFileIsNeverReadAsGood() {
    vtl.must(
        """
        head -c 300000 /dev/urandom >data; dd if=data of=$N bs=100000 status=none; x unload 1 0
        """);
    BAY.umount();
    vtl.must(
        "printf X | dd of=$BAY/tapes/VT0001L8/tape.tap bs=1 seek=150000 conv=notrunc status=none");
    BAY.mount();
    vtl.must("x load 1 0; dd if=$N bs=100000 count=1 status=none | cmp -n 100000 - data");

    assertThat(vtl.refused("dd if=$N bs=100000 count=1")).contains("Input/output error");
    assertThat(vtl.must("why")).contains("cartridge VT0001L8").contains("is damaged: checksum");
    assertThat(vtl.refused("cat $MNT/tapes/VT0001L8 >/dev/null")).contains("Input/output error");
    // the tape stands behind it
    vtl.must("mt seek 2; dd if=$N bs=100000 status=none | cmp - <(tail -c 100000 data)");
  }

  @Test
  void herculesCopiesTheDrive() {
    Needs.program("tapecopy", "hetmap", "hetget");
    vtl.must(
        """
        mkdir -p t; seq 20000 >t/a; tar -cf $N t; dd if=t/a of=$N bs=30000 status=none; mt rewind
        # tapecopy takes what is in /dev for a drive
        link=/dev/copybay-it-$$; ln -s $N $link; trap 'rm -f $link' EXIT
        tapecopy $link copy.aws >said
        hetmap -t copy.aws >map
        hetget -n copy.aws out.tar 1 FB 512 10240 >said2
        tar -xOf out.tar t/a | cmp - t/a
        """);
  }
}
