package org.copybay.nativetest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images go in and out with every byte and every hole, and whole or not at all (P6). */
class ImportExportIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeAnImageOfAGibibyte() {
    BAY.must(
        """
        truncate -s 1G image
        dd if=/dev/urandom of=image bs=1M seek=100 count=10 conv=notrunc status=none
        dd if=/dev/urandom of=image bs=64K seek=9000 count=1 conv=notrunc status=none
        printf end | dd of=image bs=1 seek=1073741821 conv=notrunc status=none
        """);
  }

  @Test
  void aSparseImageComesBackByteForByteAndHoleForHole() {
    BAY.must(
        """
        $COPYBAY import image sparse --at=$MNT --cache=block
        cmp image $V/sparse
        test $(cat $C/volumes/sparse/cache_mode) = block
        test $(jq .allocated_bytes $C/volumes/sparse/status.json) -le $((11 * 1024 * 1024))
        $COPYBAY export sparse sparse.img --at=$MNT
        cmp image sparse.img
        test $(stat -c %s sparse.img) = 1073741824
        test $(du -k sparse.img | cut -f1) -le $((11 * 1024))
        if ls -A | grep exporting; then exit 1; fi
        """);
  }

  @Test
  void pipesAndDevicesAreStreams() {
    BAY.must(
        """
        cat image | $COPYBAY import - piped --at=$MNT
        cmp image $V/piped
        test $(jq .allocated_bytes $C/volumes/piped/status.json) -le $((11 * 1024 * 1024))
        $COPYBAY import <(head -c 1000001 image) odd --at=$MNT
        test $(cat $C/volumes/odd/size) = 1000001
        $COPYBAY export piped - --at=$MNT | cmp - image
        $COPYBAY export odd - --at=$MNT | cmp - <(head -c 1000001 image)
        """);
  }

  @Test
  void aPointIsExportedAsItWas() {
    BAY.must(
        """
        head -c 1M /dev/urandom >before
        $COPYBAY import before pointed --at=$MNT
        $COPYBAY ctl --at=$MNT freeze volumes=pointed name='a point'
        head -c 1M /dev/urandom >$V/pointed
        $COPYBAY export 'a point/pointed' then --at=$MNT
        cmp before then
        """);
    assertThat(BAY.refused("$COPYBAY export 'a point' then --at=$MNT"))
        .contains("is a point in time")
        .contains("copybay export 'a point/VOLUME' FILE");
  }

  @Test
  void aNameThatIsTakenStaysUntilItIsSaidHow() {
    BAY.must("head -c 2M /dev/urandom >a; head -c 2M /dev/urandom >b; truncate -s 2M zeros");
    BAY.must("$COPYBAY import a taken --at=$MNT");

    assertThat(BAY.refused("$COPYBAY import b taken --at=$MNT"))
        .contains("there is a volume taken; try: another name, --replace");
    BAY.must("cmp a $V/taken");

    String uuid = BAY.status("taken", "uuid");
    BAY.must("$COPYBAY import b taken --onto --at=$MNT && cmp b $V/taken");
    assertThat(BAY.status("taken", "uuid")).isEqualTo(uuid);
    BAY.must("$COPYBAY import zeros taken --onto --at=$MNT && cmp zeros $V/taken");
    BAY.must("$COPYBAY import a taken --replace --at=$MNT && cmp a $V/taken");
    assertThat(BAY.status("taken", "uuid")).isNotEqualTo(uuid);
    assertThat(BAY.refused("$COPYBAY import image taken --onto --at=$MNT"))
        .contains("image has 1073741824 bytes, volume taken has 2097152: --onto wants the same");
    BAY.must("cmp a $V/taken");
  }

  @Test
  void aFileThatIsThereStaysWithoutForce() {
    BAY.must("head -c 1M /dev/urandom >c; $COPYBAY import c there --at=$MNT; echo mine >mine");

    assertThat(BAY.refused("$COPYBAY export there mine --at=$MNT"))
        .contains("mine is there already");
    assertThat(BAY.must("cat mine")).isEqualTo("mine");
    BAY.must(
        "ln -s mine link; $COPYBAY export there link --force --at=$MNT; test -L link; cmp c mine");
  }

  @Test
  void whatCannotBeAnImageIsRefusedInOneSentence() {
    BAY.must("mkdir dir; : >empty; truncate -s 1M e; $COPYBAY import e e --at=$MNT");

    assertThat(BAY.refused("$COPYBAY import dir d --at=$MNT")).contains("dir is a directory");
    assertThat(BAY.refused("$COPYBAY import none d --at=$MNT")).contains("no file none");
    assertThat(BAY.refused("$COPYBAY import empty d --at=$MNT")).contains("empty is empty");
    assertThat(BAY.refused("$COPYBAY import - d --at=$MNT")).contains("a volume has at least 1");
    assertThat(BAY.refused("$COPYBAY import e a/b --at=$MNT")).contains("without /");
    assertThat(BAY.refused("$COPYBAY import e d --cache=wat --at=$MNT")).contains("wat");
    assertThat(BAY.refused("$COPYBAY import - d --at=$MNT </dev/null"))
        .contains("import of standard input: standard input is empty");
    assertThat(BAY.refused("$COPYBAY export e dir --at=$MNT")).contains("dir is a directory");
    assertThat(BAY.refused("$COPYBAY export e no/x --at=$MNT")).contains("no directory");
    assertThat(BAY.refused("$COPYBAY export e /dev/null --at=$MNT")).contains("no plain file");
    BAY.must("if ls $V | grep -x -e d -e d.importing; then exit 1; fi");
  }

  @Test
  void aFullDiskLeavesNothingOnEitherSide() {
    try (TestBay small = TestBay.onTmpfs("64m").open()) {
      Shell.Result full =
          small.run("head -c 100M /dev/urandom >big; $COPYBAY import big big --at=$MNT");
      assertThat(full.status()).isEqualTo(1);
      assertThat(full.err())
          .contains("No space left on device; no volume big was made of it; try: copybay df");
      assertThat(small.must("ls $V")).isEmpty();

      small.must(
          "head -c 20M /dev/urandom >fits; $COPYBAY import fits fits --at=$MNT; cmp fits $V/fits");
      small.must("mkdir tiny; mount -t tmpfs -o size=10m tiny tiny");
      assertThat(small.refused("$COPYBAY export fits tiny/out --at=$MNT"))
          .contains("No space left on device; no tiny/out was made");
      assertThat(small.must("ls -A tiny")).isEmpty();
      small.must("umount tiny");
    }
  }

  @Test
  void anImportThatIsStoppedLeavesNothing() throws Exception {
    Process half = half("stopped");

    BAY.must("kill -INT " + half.pid());

    assertThat(half.waitFor()).isEqualTo(130);
    BAY.must("kill $(cat stopped.pid); if ls $V | grep stopped; then exit 1; fi");
  }

  @Test
  void anImportThatIsKilledHasNoWholeName() throws Exception {
    Process half = half("killed");

    BAY.must("kill -9 " + half.pid());
    half.waitFor();

    BAY.must("kill $(cat killed.pid)");
    BAY.must("until grep -x ready $C/volumes/killed.importing/state; do sleep 0.1; done");
    BAY.must("if test -e $V/killed; then exit 1; fi");
    assertThat(BAY.refused("$COPYBAY import image killed --at=$MNT"))
        .contains("one was killed and left it;", "try: copybay info killed.importing;")
        .contains("copybay ctl delete volume=killed.importing");
    BAY.must("$COPYBAY ctl --at=$MNT delete volume=killed.importing");
    BAY.must("$COPYBAY import image killed --at=$MNT; cmp image $V/killed");
  }

  /** Where the copy was faster than the signal it is done again. */
  @Test
  void anImportIntoAVolumeThatIsStoppedSaysSo() {
    BAY.must(
        """
        head -c 400M /dev/urandom >new
        $COPYBAY ctl --at=$MNT create volume onto size=400M
        status=0; : >err
        until test $status = 143 && grep interrupted err; do
          dd if=/dev/zero of=$V/onto bs=1M count=1 conv=notrunc status=none
          $COPYBAY import new onto --onto --at=$MNT 2>err & import=$!
          until cmp -s -n 4096 new $V/onto; do kill -0 $import || break; done
          kill -TERM $import || true
          status=0; wait $import || status=$?
        done
        grep -F 'interrupted: what volume onto holds is partly old, partly new; try: ' err
        rm $V/onto new
        """);
  }

  /** An import that has written a part of its volume and waits for more. */
  private static Process half(String name) throws IOException {
    BAY.must("mkfifo " + name + ".fifo");
    // Whoever runs the tests in the background has SIGINT ignored.
    Process half =
        BAY.start(
            "exec env --default-signal=INT $COPYBAY import - "
                + name
                + " --at=$MNT <"
                + name
                + ".fifo");
    BAY.must(
        """
        setsid sh -c 'head -c 10M /dev/urandom; exec sleep 100' >%1$s.fifo 2>/dev/null &
        echo $! >%1$s.pid
        until [ $(stat -c %%s $V/%1$s.importing 2>/dev/null || echo 0) -ge 1048576 ]; do sleep 0.1; done
        """
            .formatted(name));
    return half;
  }

  @Test
  void aNameThatIsTooLongForAnImportIsSaidToBeSo() {
    String refused = BAY.refused("$COPYBAY import image $(printf 'y%.0s' $(seq 246)) --at=$MNT");

    assertThat(refused).contains("at most 245 bytes, got 246").contains("copybay ctl rename");
  }

  @Test
  void whatCannotBeReplacedIsNotCopiedFirst() {
    BAY.must("head -c 1M /dev/urandom >$V/needed; sync $V/needed");
    BAY.command("freeze volumes=needed name=needs");

    String refused = BAY.refused("$COPYBAY import image needed --replace --at=$MNT");

    assertThat(refused).contains("cannot be replaced: a point or a job needs it");
    BAY.must("test ! -e $V/needed.importing");
    BAY.command("drop point=needs");
  }

  /** It came after the look that found the name free; where it came too late, once more. */
  @Test
  void anExportReplacesNothingThatCameMeanwhile() {
    BAY.must(
        """
        head -c 100M /dev/urandom >big; $COPYBAY import big big --at=$MNT
        status=0
        until test $status = 1; do
          rm -f taken.img ended
          (until ls -A | grep exporting || test -e ended; do :; done; echo mine >taken.img) >/dev/null &
          status=0; $COPYBAY export big taken.img --at=$MNT 2>err || status=$?
          touch ended; wait
        done
        grep -F 'taken.img is there already' err
        grep -x mine taken.img
        if ls -A | grep exporting; then exit 1; fi
        rm big ended $V/big
        """);
  }
}
