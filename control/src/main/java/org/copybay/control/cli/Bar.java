package org.copybay.control.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error, where that is a terminal; else nothing. For one thread. */
final class Bar implements AutoCloseable {
  private static final int NAME_LENGTH = 24;
  private static final int PLAIN_COLUMNS = 80;
  private static final int REDRAW_MILLIS = 200;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private final String name;
  private final boolean seen = Output.isTerminal(2);
  private @Nullable ProgressBar bar;
  private String phase = "";

  /**
   * @param name what is at work, a job or a volume
   */
  Bar(String name) {
    String word = Words.word(name);
    this.name = word.length() <= NAME_LENGTH ? word : word.substring(0, NAME_LENGTH - 1) + "…";
  }

  /**
   * Shows how far it is. A new phase gets a bar of its own.
   *
   * @param total bytes in all, 0 where nobody knows
   */
  void show(String nextPhase, long done, long total) {
    if (!seen) {
      return;
    }
    ProgressBar now = bar;
    if (now == null || !phase.equals(nextPhase)) {
      close();
      now = begin((name + " " + nextPhase).strip(), done, total);
      bar = now;
      phase = nextPhase;
    }
    now.maxHint(total == 0 ? -1 : total);
    now.stepTo(done);
  }

  private static ProgressBar begin(String task, long done, long total) {
    // The largest unit of which there are eight at least.
    int power = 0;
    while (power < UNITS.length - 1 && total >> (10 * power + 13) > 0) {
      power++;
    }
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total == 0 ? -1 : total)
        .startsFrom(done, Duration.ZERO) // the speed is of what this command has seen
        .setStyle(ProgressBarStyle.ASCII)
        .setUnit(" " + UNITS[power], 1L << (10 * power))
        .showSpeed(new DecimalFormat("0.0"))
        .setUpdateIntervalMillis(REDRAW_MILLIS)
        .clearDisplayOnFinish()
        .setConsumer(new ConsoleProgressBarConsumer(System.err, columns() - 1))
        .build();
  }

  private static int columns() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int columns = Integer.parseInt(size.strip().substring(size.indexOf(' ') + 1));
      return columns > 0 ? columns : PLAIN_COLUMNS;
    } catch (IOException | NumberFormatException e) {
      return PLAIN_COLUMNS; // of a terminal that does not tell
    }
  }

  /** Takes it off the terminal: what comes next says how it ended. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
