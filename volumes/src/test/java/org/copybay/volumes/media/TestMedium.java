package org.copybay.volumes.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.BitSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.journal.RecoverMode;

/** A medium in a bay of its own, in a directory of a test. */
final class TestMedium implements AutoCloseable {
  static final Limit NO_LIMIT = new Limit(Long.MAX_VALUE, Long.MAX_VALUE);

  final Path path;
  final Bay bay;
  final Volume volume;
  final Medium medium;

  private TestMedium(Path path, Bay bay, Volume volume, Medium medium) {
    this.path = path;
    this.bay = bay;
    this.volume = volume;
    this.medium = medium;
  }

  static TestMedium create(Path path, MediaType type, int sector, int sectors)
      throws StorageException {
    BayOpener.init(path, Clock.systemUTC());
    Bay bay = open(path, RecoverMode.AUTO);
    Owner owner = new Owner(1, 2, 0640);
    Volume volume =
        bay.createHidden(
            new NewVolume("optical/m", (long) sector * sectors, null, CacheMode.PAGE, owner),
            NOTHING);
    Medium medium = new Medium(bay, volume, type, sector);
    medium.format(NOTHING);
    return new TestMedium(path, bay, volume, medium);
  }

  private static Bay open(Path path, RecoverMode mode) throws StorageException {
    return BayOpener.open(path, false, mode, 1 << 20, Clock.systemUTC());
  }

  /** What the next start finds when this one stopped now. */
  TestMedium after(RecoverMode mode, Path copy) throws StorageException {
    return opened(copy(copy), mode);
  }

  /** The same after an orderly end. */
  TestMedium reopen() throws StorageException {
    bay.close();
    return opened(path, RecoverMode.AUTO);
  }

  TestMedium opened(Path where, RecoverMode mode) throws StorageException {
    Bay next = open(where, mode);
    Volume found = next.hiddenVolumes().get(0);
    Medium opened = new Medium(next, found, medium.type(), medium.sectorBytes());
    return new TestMedium(where, next, found, opened);
  }

  Path copy(Path to) {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  int write(long offset, byte... bytes) throws StorageException {
    return write(NO_LIMIT, offset, bytes);
  }

  int write(Limit limit, long offset, byte... bytes) throws StorageException {
    return medium.write("VOL1", offset, Bytes.direct(bytes), limit(limit));
  }

  private Limit limit(Limit limit) {
    return new Limit(Math.min(limit.end(), medium.capacity()), limit.sectors());
  }

  /** All bytes of it, also behind the last written sector. */
  byte[] all() throws StorageException {
    byte[] all = new byte[(int) volume.size()];
    var buffer = Bytes.direct(all).clear();
    volume.read(0, buffer);
    buffer.flip().get(all);
    return all;
  }

  BitSet written() throws StorageException {
    BitSet set = new BitSet();
    var map = medium.written();
    for (long at = map.nextRegion(0); at >= 0; at = map.nextRegion(at + 1)) {
      set.set((int) at);
    }
    return set;
  }

  static BitSet sectors(int from, int to) {
    BitSet set = new BitSet();
    set.set(from, to);
    return set;
  }

  static void assertFault(Fault fault, ThrowingCallable call, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault);
              assertThat(e).hasMessageContaining(words);
            });
  }

  @Override
  public void close() {
    bay.close();
  }
}
