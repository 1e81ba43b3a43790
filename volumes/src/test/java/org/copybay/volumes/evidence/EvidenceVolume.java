package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.track.AnnouncingDevice;
import org.copybay.volumes.track.Freeze;
import org.copybay.volumes.track.MapPages;
import org.copybay.volumes.track.TrackDevice;
import org.copybay.volumes.track.TrackOrigin;
import org.copybay.volumes.track.TrackUse;
import org.jspecify.annotations.Nullable;

/** A volume with points and its evidence, over simulated stores, and what each of them is. */
final class EvidenceVolume implements AutoCloseable {
  static final int TRACK = TrackHash.TRACK_BYTES;
  static final UUID ID = new UUID(0x1122334455667788L, 0x99aabbccddeeff00L);

  final int size;
  final byte[] live;
  final Map<FrozenPoint, byte[]> points =
      new TreeMap<>(
          java.util.Comparator.comparing(
              FrozenPoint::number)); // what they hold, while they are there

  SimulatedStore store;
  SimulatedStore evidenceStore; // the same, unless a test crashes only one
  TrackUse use;
  TrackDevice device;
  EvidenceStore evidence;
  private AnnouncingDevice top;
  private long timeMillis = 1000;
  private byte @Nullable [] origin;
  private long stamps;

  EvidenceVolume(int size, boolean ofOneStore) throws StorageException {
    this.size = size;
    this.live = new byte[size];
    store = new SimulatedStore(size, size);
    evidenceStore = ofOneStore ? store : new SimulatedStore(1, size);
    use = use();
    device = TrackDevice.open(store, use, false);
    top = new AnnouncingDevice(List.of(), device, device);
    evidence = openEvidence();
  }

  private TrackUse use() {
    VolumeIdentity identity = new VolumeIdentity(ID, "alpha", size);
    return new TrackUse(
        1, () -> identity, new MapPages(1 << 20), RecoverMode.AUTO, why -> {}, () -> {}, () -> 0);
  }

  EvidenceStore openEvidence() throws StorageException {
    EvidenceCache cache = new EvidenceCache(1 << 16, 1 << 20);
    return EvidenceStore.open(evidenceStore, device, use, cache, null, false);
  }

  void reopenEvidence() throws StorageException {
    evidence.close();
    evidence = openEvidence();
  }

  /** As after the death of the process, of all. */
  void reopen() throws StorageException {
    boolean ofOneStore = store == evidenceStore;
    close();
    store = store.afterProcessDeath();
    evidenceStore = ofOneStore ? store : evidenceStore.afterProcessDeath();
    use = use();
    device = TrackDevice.open(store, use, false);
    if (origin != null && device.origin().any()) {
      device.origin().setOrigin(new Plain(origin));
    }
    top = new AnnouncingDevice(List.of(), device, device);
    evidence = openEvidence();
  }

  // ---- the volume

  void write(int offset, byte[] bytes) throws StorageException {
    ByteBuffer source = Bytes.direct(bytes);
    while (source.hasRemaining()) {
      assertThat(top.write(offset + source.position(), source)).isPositive();
    }
    System.arraycopy(bytes, 0, live, offset, bytes.length);
  }

  void zero(int offset, int length) throws StorageException {
    top.zero(offset, length, false);
    Arrays.fill(live, offset, offset + length, (byte) 0);
  }

  FrozenPoint freeze() throws StorageException {
    int number = device.prepareFreeze();
    timeMillis++;
    Freeze.make(List.of(new Freeze(device, number, size)), timeMillis);
    device.flush();
    device.endFreeze();
    FrozenPoint point = new FrozenPoint(number, size, timeMillis);
    points.put(point, live.clone());
    return point;
  }

  void drop(FrozenPoint point) throws StorageException {
    device.points().drop(point.number(), point.timeMillis());
    device.flush();
    points.remove(point);
  }

  /** Shows an origin in those blocks of tracks from one on, where the points let it. */
  boolean show(byte[] bytes, int track, int count, int mask) throws StorageException {
    TrackOrigin to = device.origin();
    if (to.any() && points.keySet().stream().anyMatch(each -> each.number() > to.mark())) {
      return false;
    }
    byte[] shown = bytes;
    byte[] before = origin;
    if (to.any() && before != null) { // what is unfilled still shows what it did
      shown = before.clone();
      System.arraycopy(bytes, track * TRACK, shown, track * TRACK, count * TRACK);
    }
    to.hold();
    to.prepare(track, count, mask);
    stamps++;
    Plain image = new Plain(shown);
    TrackOrigin.switchAll(
        List.of(new TrackOrigin.Switch(to, 1, 0, stamps, image, into -> {}, () -> {})));
    to.release();
    origin = shown;
    for (int at = 0; at < count * TRACK; at += 4096) {
      if ((mask & 1 << at / 4096 % 16) != 0) {
        System.arraycopy(shown, track * TRACK + at, live, track * TRACK + at, 4096);
      }
    }
    // a track that was unfilled in part shows the new bytes in those blocks, too
    for (int block = track * 16; block < (track + count) * 16; block++) {
      if ((to.mask(block / 16) & 1 << block % 16) != 0) {
        System.arraycopy(shown, block * 4096, live, block * 4096, 4096);
      }
    }
    return true;
  }

  void fill(int tracks) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(TRACK);
    for (int i = 0; i < tracks && device.origin().fillNext(0, buffer) != null; i++) {
      assertThat(i).isLessThan(1000);
    }
  }

  // ---- its evidence

  SealedPoint seal(FrozenPoint point) throws StorageException {
    return Objects.requireNonNull(evidence.seal(point, (done, total) -> {}, () -> false));
  }

  Verified verify(FrozenPoint point) throws StorageException {
    return evidence.verify(point, (done, total) -> {}, () -> false);
  }

  boolean isSealed(FrozenPoint point) {
    return evidence.of(point) instanceof Evidence.Sealed;
  }

  Image raw(FrozenPoint point) {
    return new PointImage(device, point);
  }

  Image verified(FrozenPoint point) {
    return evidence.image(point);
  }

  static byte[] read(Image image, int offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    image.read(offset, target);
    return Bytes.of(target);
  }

  byte[] live(int offset, int length) {
    return Arrays.copyOfRange(live, offset, offset + length);
  }

  byte[] track(byte[] bytes, int track) {
    return Arrays.copyOfRange(bytes, track * TRACK, Math.min(size, (track + 1) * TRACK));
  }

  int tracks() {
    return (size + TRACK - 1) / TRACK;
  }

  /** Every sealed point has the hash of each of its tracks. */
  void requireHashes(String when) throws StorageException {
    for (Map.Entry<FrozenPoint, byte[]> each : points.entrySet()) {
      if (isSealed(each.getKey())) {
        requireHashes(when, each.getKey(), each.getValue());
      }
    }
  }

  private void requireHashes(String when, FrozenPoint point, byte[] bytes) throws StorageException {
    long held = evidence.nextHeld(point.number(), 0);
    for (int track = 0; track < tracks(); track++) {
      TrackHash want = TrackHash.of(ByteBuffer.wrap(track(bytes, track)));
      assertThat(evidence.expected(point.number(), track))
          .as("%s: point %d track %d", when, point.number(), track)
          .isEqualTo(want);
      if (!want.isZero()) {
        assertThat(held).as("%s: next of point %d", when, point.number()).isEqualTo(track);
        held = evidence.nextHeld(point.number(), track + 1L);
      }
    }
    assertThat(held).as("%s: behind the last of point %d", when, point.number()).isEqualTo(-1);
  }

  /** Changes a byte of a file. */
  static void flip(StoreFile file, long at) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1);
    file.read(at, bytes);
    bytes.put(0, (byte) (bytes.get(0) ^ 0x10)).clear();
    file.writeAll(at, bytes);
  }

  /** Bytes that never change. */
  static final class Plain implements Image {
    private final byte[] bytes;

    Plain(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      target.put(bytes, (int) offset, target.remaining());
    }

    @Override
    public long nextData(long offset) {
      return offset;
    }

    @Override
    public long nextHole(long offset) {
      return bytes.length;
    }
  }

  @Override
  public void close() {
    evidence.close();
    device.close();
  }
}
