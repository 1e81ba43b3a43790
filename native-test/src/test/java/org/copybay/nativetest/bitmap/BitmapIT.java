package org.copybay.nativetest.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What write bitmaps name after the writes of programs, kills and remounts. P3. */
class BitmapIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int TRACK = 64 << 10;

  @BeforeEach
  void makeVolume() {
    BAY.must(
        """
        rm -f $V/*; rm -f was now
        truncate -s 24M $V/a
        dd if=/dev/urandom of=$V/a bs=1M count=24 conv=notrunc status=none
        echo 'bitmap start volume=a bitmap=t' >$C/ctl
        echo 'bitmap start volume=a bitmap=s grain=127' >$C/ctl
        cp $V/a was
        """);
  }

  private static Path control(String bitmap) {
    return BAY.mountPoint().resolve(".control/volumes/a/bitmaps").resolve(bitmap);
  }

  private static void change() {
    BAY.must(
        """
        dd if=/dev/urandom of=$V/a bs=4k seek=77 count=9 conv=notrunc status=none
        dd if=/dev/urandom of=$V/a bs=64k seek=100 count=30 oflag=direct conv=notrunc status=none
        fallocate -p -o 8M -l 3000001 $V/a
        printf odd | dd of=$V/a bs=1 seek=20000001 conv=notrunc status=none
        """);
  }

  @Test
  void bitsAreThoseOfTheRegionsThatChanged() throws Exception {
    change();

    // 77 * 4096 bytes lie in region 4, the punch goes from 128 to 173, 20000001 lies in 305.
    BAY.must(
        """
        printf '# start count, in regions of 65536 bytes\\n4 2\\n100 74\\n305 1\\n' |
          cmp - $C/volumes/a/bitmaps/t/ranges
        """);
    requireCovers("t", TRACK);
    requireCovers("s", 127 * 512);
  }

  /** Every region in which the volume differs from what it was is named; raw bits say the same. */
  private static void requireCovers(String bitmap, int regionBytes) throws IOException {
    byte[] was = Files.readAllBytes(BAY.scratch().resolve("was"));
    byte[] now = Files.readAllBytes(BAY.volume("a"));
    BitSet map = BitSet.valueOf(Files.readAllBytes(control(bitmap).resolve("map")));
    BitSet ranges = new BitSet();
    List<String> lines = Files.readAllLines(control(bitmap).resolve("ranges"));
    for (String line : lines.subList(1, lines.size())) {
      String[] run = line.split(" ", -1);
      int first = Integer.parseInt(run[0]);
      ranges.set(first, first + Integer.parseInt(run[1]));
    }
    assertThat(map).isEqualTo(ranges);
    for (int i = 0; i < was.length; i++) {
      if (was[i] != now[i]) {
        assertThat(map.get(i / regionBytes)).as("%s byte %d", bitmap, i).isTrue();
      }
    }
  }

  @Test
  void bitsSurviveKillNineWithoutSyncAndUnmount() throws Exception {
    change();
    String before = BAY.must("cat $C/volumes/a/bitmaps/*/ranges");
    BAY.kill9();
    BAY.mount();
    assertThat(BAY.must("cat $C/volumes/a/bitmaps/*/ranges")).isEqualTo(before);
    requireCovers("t", TRACK);

    BAY.must("echo 'bitmap reset volume=a bitmap=t' >$C/ctl; cp $V/a was");
    BAY.must("dd if=/dev/zero of=$V/a bs=4k seek=500 count=1 conv=notrunc status=none");
    BAY.remount();
    BAY.must("printf '%s\\n' '500 1' | cmp - <(tail -n +2 $C/volumes/a/bitmaps/t/blocks)");
    requireCovers("t", TRACK);
  }

  @Test
  void anOldCopyIsBroughtUpToDateWithTheBlocksThatChanged() {
    change();
    BAY.must(
        """
        grep -v '^#' $C/volumes/a/bitmaps/t/blocks | while read -r start count; do
          dd if=$V/a of=was bs=4k skip=$start seek=$start count=$count conv=notrunc status=none
        done
        cmp was $V/a
        """);
    long changed = Long.parseLong(value("t", "changed_bytes"));
    long regions = Long.parseLong(value("t", "set_bytes"));
    assertThat(changed).isBetween(4_800_000L, regions);
  }

  private static String value(String bitmap, String key) {
    return BAY.must("sed -n 's/^" + key + ": //p' $C/volumes/a/bitmaps/" + bitmap + "/status");
  }

  @Test
  void statusAndRelationsSayWhatThereIs() {
    assertThat(value("s", "grain")).isEqualTo("127");
    assertThat(value("s", "region_bytes")).isEqualTo("65024");
    assertThat(value("s", "regions")).isEqualTo(String.valueOf((24 << 20) / 65024 + 1));
    assertThat(value("t", "regions")).isEqualTo("384");
    assertThat(value("t", "percent")).isEqualTo("0");
    BAY.must("dd if=/dev/zero of=$V/a bs=64k count=96 conv=notrunc status=none");
    assertThat(value("t", "regions_set")).isEqualTo("96");
    assertThat(value("t", "percent")).isEqualTo("25");
    assertThat(BAY.status("a", "bitmaps")).isEqualTo("2");
    BAY.must("grep -qx 'bitmap t \"records changes\"' $C/volumes/a/relations");
    BAY.must(
        "python3 -m json.tool $C/volumes/a/bitmaps/t/status.json | grep '\"percent\": 25' >/dev/null");
    BAY.must("python3 -m json.tool <$C/volumes/a/bitmaps/t/ranges.json >/dev/null");
    assertThat(BAY.must("stat -c %s $C/volumes/a/bitmaps/t/map")).isEqualTo("48");
    assertThat(BAY.must("od -An -tx1 -N13 $C/volumes/a/bitmaps/t/map"))
        .isEqualTo(" ff ff ff ff ff ff ff ff ff ff ff ff 00");
  }

  @Test
  void refusalsSayWhatToType() {
    BAY.refused("echo 'bitmap start volume=a bitmap=t' >$C/ctl");
    assertThat(BAY.lastError())
        .contains("volume a has a write bitmap t")
        .contains("bitmap delete volume=a bitmap=t");
    BAY.refused("echo 'bitmap stop volume=a bitmap=t' >$C/ctl");
    assertThat(BAY.lastError()).contains("action= is one of start, reset, delete");
    BAY.refused("echo 'bitmap reset volume=a bitmap=nix' >$C/ctl");
    assertThat(BAY.lastError()).contains("volume a has no write bitmap nix");
    BAY.refused("echo 'bitmap reset volume=a bitmap=t grain=127' >$C/ctl");
    assertThat(BAY.lastError()).contains("grain= belongs to bitmap start");

    BAY.must("echo 'bitmap reset bitmap=t' >$C/volumes/a/ctl");
    BAY.command("bitmap delete a t");
    BAY.must("ls $C/volumes/a/bitmaps | cmp - <(echo s)");
    BAY.must("grep -q 'bitmap ok bitmap delete a t' $C/audit");
  }

  @Test
  void severalBitmapsAndPointsStandSideBySide() throws Exception {
    BAY.must(
        """
        for i in 1 2 3 4; do echo "bitmap start volume=a bitmap=b$i" >$C/ctl
          echo "freeze volumes=a name=P$i" >$C/ctl
          dd if=/dev/urandom of=$V/a bs=64k seek=$((i * 50)) count=9 conv=notrunc status=none
        done
        for i in 1 2 3 4; do
          for j in $(seq $i 4); do echo "$((j * 50)) 9"; done |
            cmp - <(tail -n +2 $C/volumes/a/bitmaps/b$i/ranges)
          echo "drop point=P$i" >$C/ctl
        done
        """);
    requireCovers("t", TRACK);
    BAY.must(
        """
        freeze() { echo "freeze volumes=a name=$1" >$C/ctl; }
        printf '153 6\\n200 9\\n' | cmp - <(tail -n +2 $C/volumes/a/bitmaps/t/ranges.from/153)
        tail -n +2 $C/volumes/a/bitmaps/t/blocks.from/3200 | cmp - <(echo 3200 144)
        ls $C/volumes/a/bitmaps/t/ranges.from | cmp - /dev/null
        freeze Q; dd if=/dev/zero of=$V/a bs=4k seek=9 count=9 conv=notrunc status=none
        tail -n +2 $C/points/Q/changed.from/a/12 | cmp - <(echo 12 6)
        [ $(wc -l <$C/points/Q/changed.from/a/999999999999) = 1 ]
        echo 'drop Q' >$C/ctl
        """);
    BAY.must("echo 'resize volume=a size=48M' >$C/ctl");
    BAY.must("dd if=/dev/zero of=$V/a bs=64k seek=767 count=1 conv=notrunc status=none");
    BAY.must("tail -n 1 $C/volumes/a/bitmaps/t/ranges | cmp - <(echo 384 384)");
  }
}
