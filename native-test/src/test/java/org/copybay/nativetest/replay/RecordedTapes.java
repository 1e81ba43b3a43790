package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A tape that is written and fenced, in sessions that each end with a filemark. After power loss at
 * any moment it has every record that was fenced (P2), behind that only records as they were
 * written (P4), and it is a tape image that can be read to its end (P8).
 */
final class RecordedTapes implements Scenario {
  private static final int SESSIONS = 5;
  private static final int RECORDS = 12;

  private final List<Fence> fences = new CopyOnWriteArrayList<>();
  private int session;
  private long prepared;

  /** So many records were fenced when the log was that long. */
  private record Fence(int records, long position) {}

  @Override
  public void prepare(Recording recording) {
    recording.command("tape library name=VTL drives=1 slots=4");
    recording.command("tape add library=VTL barcode=VT1 capacity=256M");
    prepared = recording.command("tape load barcode=VT1 drive=nst0");
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    return List.of(() -> write(recording));
  }

  /** Of any length, odd ones too. */
  private static byte[] record(int number) {
    byte[] bytes = new byte[1 + new Random(number).nextInt(70_000)];
    new Random(~number).nextBytes(bytes);
    return bytes;
  }

  private Void write(Recording recording) throws IOException, InterruptedException {
    Path drive = recording.bay().mountPoint().resolve("drives/nst0");
    for (int i = 0; i < SESSIONS; i++, session++) {
      recording.bay().must("mt -f $MNT/drives/nst0 eod");
      try (FileChannel channel = FileChannel.open(drive, StandardOpenOption.WRITE)) {
        for (int r = 0; r < RECORDS; r++) {
          int number = session * RECORDS + r;
          channel.write(ByteBuffer.wrap(record(number)));
          if (r % 4 == 3) {
            channel.force(false);
            fences.add(new Fence(number + 1, recording.position()));
          }
          TimeUnit.MILLISECONDS.sleep(10);
        }
      }
    }
    return null;
  }

  // ---- the look

  @Override
  public void check(Recovered state) {
    int fenced =
        fences.stream()
            .filter(each -> state.after(each.position))
            .mapToInt(Fence::records)
            .max()
            .orElse(0);
    ByteBuffer image;
    try {
      image = ByteBuffer.wrap(Files.readAllBytes(tape(state))).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      if (state.after(prepared)) {
        state.complain("tape VT1 cannot be read: " + e.getMessage());
      }
      return;
    }
    int records = 0;
    while (image.hasRemaining()) {
      int length = image.getInt();
      if (length != 0) {
        byte[] got = new byte[length];
        image.get(got).position(image.position() + (length & 1));
        if (image.getInt() != length || !Arrays.equals(got, record(records))) {
          state.complain("tape VT1: record " + records + " is not what was written");
          return;
        }
        records++;
      }
    }
    if (records < fenced) {
      state.complain("tape VT1 has " + records + " records, fenced were " + fenced);
    }
  }

  private static Path tape(Recovered state) {
    return state.bay().mountPoint().resolve("tapes/VT1");
  }
}
