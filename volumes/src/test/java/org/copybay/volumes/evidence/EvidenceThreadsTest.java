package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** Points are sealed, dropped and merged while others write to the volume and read its points. */
final class EvidenceThreadsTest {
  private static final int SIZE = 12 * EvidenceVolume.TRACK + 77;

  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger reads = new AtomicInteger();
  private final ConcurrentSkipListMap<Integer, FrozenPoint> there = new ConcurrentSkipListMap<>();

  @Test
  void nobodyMeetsHashesOfAnotherPoint() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (EvidenceVolume volume = new EvidenceVolume(SIZE, true)) {
      List<Future<Void>> others = new ArrayList<>();
      others.add(threads.submit(writer(volume)));
      for (int i = 0; i < 3; i++) {
        others.add(threads.submit(reader(volume, new Random(i))));
      }
      try {
        for (int i = 0; i < 120; i++) {
          FrozenPoint point = volume.freeze();
          there.put(point.number(), point);
          volume.seal(point);
          volume.points.clear();
          dropOld(volume, i);
        }
      } finally {
        ended.set(true);
      }
      for (Future<Void> other : others) {
        other.get();
      }
      for (FrozenPoint point : there.values()) {
        assertThat(volume.verify(point).bad()).isEmpty();
      }
      assertThat(reads.get()).isPositive();
    } finally {
      threads.shutdown();
    }
  }

  private void dropOld(EvidenceVolume volume, int turn) throws StorageException {
    Random random = new Random(turn);
    while (there.size() > 10) {
      List<FrozenPoint> points = new ArrayList<>(there.values());
      FrozenPoint gone = points.get(random.nextInt(5));
      there.remove(gone.number());
      volume.drop(gone);
      volume.evidence.drop(gone);
    }
    if (turn % 7 == 0) {
      volume.evidence.tidy(() -> false);
    }
  }

  private Callable<Void> writer(EvidenceVolume volume) {
    return () -> {
      Random random = new Random(9);
      while (!ended.get()) {
        byte[] bytes = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(bytes);
        volume.write(random.nextInt(SIZE - bytes.length), bytes);
      }
      return null;
    };
  }

  private Callable<Void> reader(EvidenceVolume volume, Random random) {
    return () -> {
      while (!ended.get()) {
        List<FrozenPoint> points = new ArrayList<>(there.values());
        if (!points.isEmpty()) {
          read(volume, points.get(random.nextInt(points.size())), random);
        }
      }
      return null;
    };
  }

  private void read(EvidenceVolume volume, FrozenPoint point, Random random)
      throws StorageException {
    int at = random.nextInt(SIZE);
    ByteBuffer target = ByteBuffer.allocateDirect(1 + random.nextInt(SIZE - at));
    try {
      volume.verified(point).read(at, target);
      reads.incrementAndGet();
    } catch (StorageException e) {
      assertThat(e.fault()).as(e.getMessage()).isEqualTo(Fault.NOT_FOUND);
    }
  }
}
