package org.copybay.volumes.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uptime in /proc, in steps of 10 ms. It is read as a file: a library that is loaded before
 * this program, as that of faketime, answers for the clocks of the C library, System.nanoTime among
 * them.
 *
 * <p>A time namespace shifts /proc/uptime for those inside of it (unshare --boottime) and says by
 * how much; that is taken off again.
 */
final class MachineUptime implements Uptime {
  private static final Logger LOG = LoggerFactory.getLogger(MachineUptime.class);

  private static final Pattern FORM = Pattern.compile("^([0-9]+)[.]([0-9]{2}) ");

  private final Path file;
  private final String bootId;
  private final long shiftMillis;

  // atomic: raised by each reading
  private final AtomicLong last = new AtomicLong();

  /** That of the kernel whose files lie there. IOException, also for files of another form. */
  MachineUptime(Path proc) throws IOException {
    this.file = proc.resolve("uptime");
    this.bootId =
        form(
            proc,
            () ->
                UUID.fromString(Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip())
                    .toString());
    this.shiftMillis = form(proc, () -> shiftMillis(proc));
    last.set(form(file, this::read));
  }

  /** That of this machine, or of this process. */
  static Uptime ofKernel() {
    try {
      return new MachineUptime(Path.of("/proc"));
    } catch (IOException e) {
      LOG.warn("the uptime cannot be read, each start counts as one of the machine: {}", e + "");
      return new ProcessUptime();
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T take() throws IOException;
  }

  private static <T> T form(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.take();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException(file + " has not the form that is known: " + e, e);
    }
  }

  private static long shiftMillis(Path proc) throws IOException {
    Path offsets = proc.resolve("self/timens_offsets"); // that of children
    if (!Files.exists(offsets)) {
      return 0; // a kernel without time namespaces
    }
    if (!Files.readSymbolicLink(proc.resolve("self/ns/time"))
        .equals(Files.readSymbolicLink(proc.resolve("self/ns/time_for_children")))) {
      throw new IOException("nobody tells by how much the time namespace shifts the uptime");
    }
    for (String line : Files.readAllLines(offsets)) {
      List<String> words = List.of(line.strip().split(" +"));
      if (words.get(0).equals("boottime")) {
        return Math.addExact(
            Math.multiplyExact(Long.parseLong(words.get(1)), 1_000),
            TimeUnit.NANOSECONDS.toMillis(Long.parseLong(words.get(2))));
      }
    }
    throw new IOException(offsets + " has no line boottime");
  }

  private long read() throws IOException {
    String text = Files.readString(file);
    Matcher found = FORM.matcher(text);
    if (!found.find()) {
      throw new IllegalArgumentException(text);
    }
    long shown = Long.parseLong(found.group(1) + found.group(2) + "0");
    return Math.max(0, Math.subtractExact(shown, shiftMillis));
  }

  @Override
  public String bootId() {
    return bootId;
  }

  /** While the file cannot be read time stands still; the next reading makes up for it. */
  @Override
  public long millis() {
    long now;
    try {
      now = form(file, this::read);
    } catch (IOException e) {
      LOG.debug("uptime: {}", e.toString());
      return last.get();
    }
    return last.accumulateAndGet(now, Math::max);
  }

  /** How long this process runs, where no machine tells more. */
  static final class ProcessUptime implements Uptime {
    private final String bootId = UUID.randomUUID().toString();
    private final long startNanos = System.nanoTime();

    @Override
    public String bootId() {
      return bootId;
    }

    @Override
    public long millis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
  }
}
