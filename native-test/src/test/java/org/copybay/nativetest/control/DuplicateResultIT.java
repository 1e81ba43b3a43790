package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Random;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A duplicate is the source byte for byte, and its holes stay holes. */
class DuplicateResultIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @AfterEach
  void removeAll() {
    BAY.must("rm -f $V/*");
  }

  private static String duplicate(String more, String job) {
    BAY.command("duplicate from=source to=copy id=" + job + " " + more);
    return BAY.must("cat $C/jobs/" + job + "/wait | tail -n 1");
  }

  @Test
  void sparseSourceIsCopiedAndStaysSparse() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("DuplicateResultIT seed=" + seed);
    Random random = new Random(seed);
    BAY.command("create volume source size=512M");
    try (RandomAccessFile file = new RandomAccessFile(BAY.volume("source").toFile(), "rw")) {
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[1 + random.nextInt(30_000)];
        random.nextBytes(bytes);
        file.seek((long) (random.nextDouble() * ((512 << 20) - bytes.length)));
        file.write(bytes);
      }
    }

    assertThat(duplicate("", "sparse")).contains("done 100%").contains("verified=yes");

    BAY.must("cmp $V/source $V/copy");
    long source = Long.parseLong(BAY.must("du -k $V/source | cut -f 1"));
    assertThat(Long.parseLong(BAY.must("du -k $V/copy | cut -f 1"))).isBetween(1L, source + 64);
    BAY.remount();
    BAY.must("cmp $V/source $V/copy");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 4095, 4097, 65537, 1048577, 3145729})
  void everySizeIsKeptExactly(long size) {
    BAY.must(
        "echo 'create volume source size=%1$d' >$C/ctl; head -c %1$d /dev/urandom | dd of=$V/source conv=notrunc bs=1M iflag=fullblock status=none"
            .formatted(size));

    duplicate("", "size-" + size);

    BAY.must("cmp $V/source $V/copy; test $(stat -c %s $V/copy) = " + size);
  }

  @Test
  void volumeWithoutDataBecomesOneWithoutData() {
    BAY.command("create volume source size=1T");

    assertThat(duplicate("", "empty")).contains("copied=0");

    assertThat(BAY.must("du -k $V/copy | cut -f 1; stat -c %s $V/copy"))
        .isEqualTo("0\n1099511627776");
  }

  @Test
  void imageWithAFileSystemIsWhole() {
    Duplicating.fullSource(BAY, "source", 16);
    BAY.must(
        "mkfs.ext4 -q -F $V/source; mkdir -p m; debugfs -w -R 'write /etc/passwd p' $V/source");

    duplicate("share=never", "image");

    BAY.must("cmp $V/source $V/copy; e2fsck -fn $V/copy");
  }

  @Test
  void blockCachedSourceIsCopied() {
    BAY.command("create volume source size=8M cache=block");
    BAY.must("dd if=/dev/urandom of=$V/source bs=64K count=128 conv=notrunc status=none");

    duplicate("verify=no", "cached");

    BAY.must("cmp $V/source $V/copy");
    assertThat(BAY.must("cat $C/jobs/cached/result")).contains("verified=no");
  }

  @Test
  void copyIsAVolumeOfItsOwn() {
    Duplicating.fullSource(BAY, "source", 4);
    BAY.must("chmod 640 $V/source; sha256sum <$V/source >before");
    duplicate("", "own");

    BAY.must("dd if=/dev/urandom of=$V/copy bs=1M count=4 conv=notrunc status=none");

    BAY.must("sha256sum <$V/source | cmp before; test $(stat -c %a $V/copy) = 640");
    assertThat(BAY.status("copy", "uuid")).isNotEqualTo(BAY.status("source", "uuid"));
  }

  @Test
  void readersOfTheSourceDoNotMatter() {
    Duplicating.fullSource(BAY, "source", 4);

    BAY.must(
        """
        exec 3<$V/source
        echo 'duplicate from=source to=copy id=readers' >$C/ctl
        cat $C/jobs/readers/wait
        cmp $V/copy <&3
        """);
  }
}
