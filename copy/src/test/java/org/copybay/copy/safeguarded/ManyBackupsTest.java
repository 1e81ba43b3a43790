package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.evidence.Evidence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many backups of a volume that changes, some of them expired, from the front or from between the
 * others: those that are left have the hashes that the volume had. More by
 * -Dcopybay.safeguarded.backups=N, a failure again by -Dcopybay.seed=SEED.
 */
final class ManyBackupsTest {
  private static final int BACKUPS = Integer.getInteger("copybay.safeguarded.backups", 30);
  private static final int SIZE = 11 * TestSafeguarded.TRACK + 5000;
  private static final int FEW = 10;

  @TempDir Path directory;

  private final long seed = Long.getLong("copybay.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final byte[] holds = new byte[SIZE];
  private final TreeMap<Long, String> left = new TreeMap<>(); // hashes by backup
  private TestSafeguarded test;
  private int lives;

  @Test
  void whatIsLeftHasTheBytesOfItsTime() throws Exception {
    test = TestSafeguarded.create(directory.resolve("bay0"));
    try {
      test.create("v", SIZE);
      test.session("s", "v");
      for (int i = 0; i < BACKUPS; i++) {
        change();
        test.clock.pass(Duration.ofSeconds(random.nextInt(3)));
        left.put(test.backup("s"), hash(holds));
        between();
      }
      compare(left.keySet().stream().toList());
    } finally {
      test.close();
    }
    TestSafeguarded.assertClean(test.path);
  }

  private void change() throws Exception {
    for (int count = random.nextInt(6); count > 0; count--) {
      byte[] bytes = new byte[1 + random.nextInt(random.nextInt(4) == 0 ? 200_000 : 9_000)];
      random.nextBytes(bytes);
      int at = random.nextInt(SIZE - bytes.length + 1);
      TestJobs.write(test.find("v"), at, bytes);
      System.arraycopy(bytes, 0, holds, at, bytes.length);
    }
  }

  private void between() throws Exception {
    switch (random.nextInt(20)) {
      case 0 -> expireFirst();
      case 1, 2, 3 -> expireOne();
      case 4 -> seal();
      case 5 -> {
        if (random.nextInt(8) == 0) {
          boolean dies = random.nextBoolean();
          test = dies ? test.killed(directory.resolve("bay" + ++lives)) : test.reopened();
        }
      }
      default -> {}
    }
  }

  private void expireFirst() throws Exception {
    if (left.size() > FEW) {
      long last = List.copyOf(left.keySet()).get(random.nextInt(left.size() / 3));
      assertThat(test.expire("s", last, false).now())
          .containsExactlyElementsOf(left.headMap(last, true).keySet());
      left.headMap(last, true).clear();
      some();
    }
  }

  private void expireOne() throws Exception {
    if (left.size() > FEW) {
      long id = List.copyOf(left.keySet()).get(random.nextInt(left.size()));
      assertThat(test.expire("s", id, true).now()).containsExactly(id);
      left.remove(id);
      some();
    }
  }

  private void seal() throws Exception {
    for (PointInTime backup : test.bay.backupPoints().all()) {
      PointVolume of = backup.volumes().get(0);
      if (of.evidence() instanceof Evidence.Unsealed) {
        assertThat(of.seal((done, total) -> {}, () -> false)).isNotNull();
      }
    }
  }

  /** A few are compared at once: what an expiry breaks is found where it did. */
  private void some() throws Exception {
    List<Long> all = List.copyOf(left.keySet());
    compare(List.of(all.get(0), all.get(random.nextInt(all.size()))));
  }

  private void compare(List<Long> ids) throws Exception {
    assertThat(test.ids("s")).as("seed " + seed).containsExactlyElementsOf(left.keySet());
    Map<Long, String> found = new TreeMap<>();
    Map<Long, String> wanted = new TreeMap<>();
    for (long id : ids) {
      PointInTime point = Objects.requireNonNull(test.bay.backupPoints().findOrNull(id));
      ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);
      point.volumes().get(0).read(0, bytes);
      byte[] image = new byte[bytes.flip().remaining()];
      bytes.get(image);
      found.put(id, hash(image));
      wanted.put(id, Objects.requireNonNull(left.get(id)));
    }
    assertThat(found).as("seed " + seed).isEqualTo(wanted);
  }

  private static String hash(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
