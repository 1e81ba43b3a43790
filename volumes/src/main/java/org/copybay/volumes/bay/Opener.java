package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who has a volume open.
 *
 * @param pid process (or thread) that opened it
 * @param writing whether it may write
 */
public record Opener(int pid, boolean writing) {
  /** The process in words: its number and, where it still runs, its name. */
  public String describe() {
    try {
      byte[] name = Files.readAllBytes(Path.of("/proc/" + pid + "/comm"));
      String words = new String(name, StandardCharsets.UTF_8).strip();
      return "pid " + pid + " (" + words.replaceAll("\\p{Cntrl}", "?") + ")";
    } catch (IOException e) {
      return "pid " + pid + " (ended; a loop device or mapping may keep it open: losetup -a)";
    }
  }
}
