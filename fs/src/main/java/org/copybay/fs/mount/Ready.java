package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The line that the launcher waits for. */
final class Ready {
  private Ready() {}

  /** Writes the line into that FIFO. It never waits for a reader: a launcher may be killed. */
  static void say(@Nullable Path fifo, String line) {
    if (fifo == null) {
      return;
    }
    byte[] bytes = (line.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8);
    // Opened for both ways, a FIFO is open at once.
    try (FileChannel channel =
        FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      System.err.println("copybay: nobody waits for: " + line);
    }
  }
}
