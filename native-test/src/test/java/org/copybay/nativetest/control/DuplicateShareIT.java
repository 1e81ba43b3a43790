package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;

/** A duplicate may share extents with its source only where it was not told never to. */
class DuplicateShareIT {
  private static String resultOf(TestBay bay, String share) {
    bay.command("duplicate from=source to=" + share + " id=" + share + " share=" + share);
    bay.must("cat $C/jobs/%1$s/wait; cmp $V/source $V/%1$s".formatted(share));
    return bay.must("cat $C/jobs/" + share + "/result");
  }

  @Test
  void onXfsAutoSharesAndNeverDoesNot() {
    Needs.program("mkfs.xfs");
    try (TestBay bay = TestBay.onXfs("320M").open()) {
      Duplicating.fullSource(bay, "source", 32);
      bay.must("sync -f $BAY; df --output=used -k $BELOW | tail -n 1 >used");

      assertThat(resultOf(bay, "auto")).contains("shared=yes");
      long shared = grown(bay);
      assertThat(resultOf(bay, "never")).contains("shared=no");
      long copied = grown(bay);

      assertThat(shared).isLessThan(16 << 10);
      assertThat(copied).isGreaterThan(24 << 10);
      bay.must(
          """
          sha256sum <$V/source >before
          dd if=/dev/urandom of=$V/auto bs=1M count=8 conv=notrunc,fsync status=none
          sha256sum <$V/source | cmp before
          sha256sum <$V/never | cmp before
          """);
    }
  }

  @Test
  void whatDoesNotLieInTheHomeIsCopiedIntoTheShare() {
    Needs.program("mkfs.xfs");
    try (TestBay bay = TestBay.onXfs("320M").open()) {
      Duplicating.fullSource(bay, "source", 32);
      bay.must(
          """
          echo 'freeze volumes=source name=P' >$C/ctl
          dd if=/dev/urandom of=$V/source bs=4K seek=100 count=500 conv=notrunc status=none
          fallocate -p -o 9M -l 3000001 $V/source
          cp $V/source was
          echo 'resize volume=source size=33M' >$C/ctl
          printf end | dd of=$V/source bs=1 seek=34000000 conv=notrunc status=none
          cp $V/source was
          """);

      assertThat(resultOf(bay, "auto")).contains("shared=yes").doesNotContain("copied=0 ");
      bay.must("cmp was $V/auto");
      long copied = Long.parseLong(bay.must("sed 's/^copied=//; s/ .*//' $C/jobs/auto/result"));
      assertThat(copied).isBetween(500L * 4096, 6L << 20);
      bay.command("drop point=P");
      bay.must("cmp was $V/auto; cmp was $V/source");
    }
  }

  /** KiB that the file system of the bay uses more than at the last look. */
  private static long grown(TestBay bay) {
    return Long.parseLong(
        bay.must(
                """
                sync -f $BAY
                before=$(cat used)
                df --output=used -k $BELOW | tail -n 1 >used
                echo $(($(cat used) - before))
                """)
            .strip());
  }

  @Test
  void onExt4NothingIsShared() {
    try (TestBay bay = TestBay.onExt4("64M").open()) {
      Duplicating.fullSource(bay, "source", 4);

      assertThat(resultOf(bay, "auto")).contains("shared=no");
    }
  }
}
