package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.DirectOption;

/**
 * Writes stamps at random to its share of a volume. The shares change every track and a half, so
 * that tracks are shared by writers and one write may cover a part of two tracks.
 */
final class StampWriter implements Callable<Void> {
  private static final int BLOCK_SECTORS = 8;
  private static final int STRETCH_SECTORS = 24 * BLOCK_SECTORS;
  private static final int WRITES = 8;
  private static final int PAGE = 4096;
  private static final int REST_MILLIS = 60;

  /** When the writer asks for its bytes to be on the disk. */
  enum Sync {
    /** By fsync or fdatasync, every now and then. */
    SOMETIMES,
    /** With every write, by O_DSYNC. */
    EVERY_WRITE,
    /** With every write, by O_DIRECT and O_DSYNC. */
    DIRECT,
    /** Never by itself. */
    NEVER
  }

  private final Recording recording;
  private final StampedVolume volume;
  private final Sync sync;
  private final int share;
  private final int parts;
  private final Random random;

  private StampWriter(
      Recording recording, StampedVolume volume, Sync sync, int share, int parts, long seed) {
    this.recording = recording;
    this.volume = volume;
    this.sync = sync;
    this.share = share;
    this.parts = parts;
    this.random = new Random(seed);
  }

  /** Writers of every habit to a volume, which have it for themselves. */
  static List<Callable<Void>> of(Recording recording, StampedVolume volume, Random random) {
    return of(recording, volume, 1, random);
  }

  /** Such writers that leave one part of the volume for the next, so that each comes to rest. */
  static List<Callable<Void>> of(
      Recording recording, StampedVolume volume, int parts, Random random) {
    List<Callable<Void>> writers = new ArrayList<>();
    for (Sync sync : Sync.values()) {
      long seed = random.nextLong();
      writers.add(new StampWriter(recording, volume, sync, writers.size(), parts, seed));
    }
    return writers;
  }

  @Override
  public Void call() throws IOException, InterruptedException {
    try (FileChannel channel = open()) {
      for (int i = 0; i < WRITES; i++) {
        write(channel, i * parts / WRITES);
        TimeUnit.MILLISECONDS.sleep(parts == 1 ? 0 : REST_MILLIS);
        if (sync == Sync.SOMETIMES && random.nextInt(3) == 0) {
          sync(channel);
        }
      }
      return null;
    }
  }

  private FileChannel open() throws IOException {
    OpenOption[] options =
        switch (sync) {
          case SOMETIMES, NEVER -> new OpenOption[] {StandardOpenOption.WRITE};
          case EVERY_WRITE -> new OpenOption[] {StandardOpenOption.WRITE, StandardOpenOption.DSYNC};
          case DIRECT ->
              new OpenOption[] {
                StandardOpenOption.WRITE, StandardOpenOption.DSYNC, DirectOption.DIRECT
              };
        };
    return FileChannel.open(recording.bay().mountPoint().resolve(volume.path()), options);
  }

  private void write(FileChannel channel, int part) throws IOException {
    int shares = Sync.values().length;
    int ofPart = volume.sectors() / STRETCH_SECTORS / shares / parts;
    int stretch = (part * ofPart + random.nextInt(ofPart)) * shares + share;
    boolean blocks = sync == Sync.DIRECT || random.nextInt(3) > 0;
    int grain = blocks ? BLOCK_SECTORS : 1;
    int places = STRETCH_SECTORS / grain;
    int length = 1 + random.nextInt(random.nextInt(3) == 0 ? places : 3);
    int sector = stretch * STRETCH_SECTORS + random.nextInt(places - length + 1) * grain;
    int count = length * grain;

    int version = volume.issue(sector, count);
    ByteBuffer bytes = ByteBuffer.allocateDirect(count * Stamp.BYTES + 2 * PAGE);
    bytes = bytes.alignedSlice(PAGE).limit(count * Stamp.BYTES);
    Stamp.put(bytes, volume.number(), sector, count, version);
    int written = channel.write(bytes.flip(), (long) sector * Stamp.BYTES);
    if (written != count * Stamp.BYTES) {
      throw new IOException("short write: want=" + count * Stamp.BYTES + " got=" + written);
    }
    volume.returned(sector, count, version);
    if (sync == Sync.EVERY_WRITE || sync == Sync.DIRECT) {
      volume.acknowledge(sector, count, version, recording.position());
    }
  }

  /** An fsync vouches for all that was written to the file, by whomever. */
  private void sync(FileChannel channel) throws IOException {
    int[] written = volume.written();
    channel.force(random.nextBoolean());
    volume.acknowledge(written, recording.position());
  }
}
