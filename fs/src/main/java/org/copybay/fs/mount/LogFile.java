package org.copybay.fs.mount;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The log of a daemon: log/copybay.log in its bay, at most four older files of 1 MiB beside it.
 * Opened before the first logger is made, because the log library reads its settings then.
 */
final class LogFile {
  private LogFile() {}

  /** Lets this process log there; a directory that is no bay gets no log. */
  static void open(Path bay) {
    Path directory = bay.toAbsolutePath().resolve("log");
    if (!Files.isDirectory(directory)) {
      return;
    }
    System.setProperty("tinylog.writer", "rolling file");
    System.setProperty("tinylog.writer.file", directory.resolve("copybay.{count}.log").toString());
    System.setProperty("tinylog.writer.latest", directory.resolve("copybay.log").toString());
    System.setProperty("tinylog.writer.policies", "size: 1mb");
    System.setProperty("tinylog.writer.backups", "4");
    System.setProperty(
        "tinylog.writer.format", "{date: yyyy-MM-dd'T'HH:mm:ss.SSSXXX} {level} {message}");
    System.setProperty("tinylog.level", "info");
    System.setProperty("tinylog.autoshutdown", "false"); // the end by a signal is logged too
  }
}
