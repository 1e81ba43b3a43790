package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.copybay.nativetest.TestBay;

/**
 * What a person sees of a refused command.
 *
 * @param errno its name, as error_log has it; the text that bash printed was the one of that number
 * @param sentence the first line of last_error
 * @param blamed the line from the caret on
 * @param remedy what to try, or empty
 */
record Refusal(String errno, String sentence, String blamed, String remedy) {
  /** What strerror says, for the numbers that control files use. */
  static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("ENOENT", "No such file or directory"),
          Map.entry("EEXIST", "File exists"),
          Map.entry("EROFS", "Read-only file system"),
          Map.entry("ENOSPC", "No space left on device"),
          Map.entry("EBUSY", "Device or resource busy"),
          Map.entry("EALREADY", "Operation already in progress"),
          Map.entry("EFBIG", "File too large"),
          Map.entry("EINVAL", "Invalid argument"),
          Map.entry("E2BIG", "Argument list too long"),
          Map.entry("ENAMETOOLONG", "File name too long"),
          Map.entry("EIO", "Input/output error"),
          Map.entry("EPERM", "Operation not permitted"),
          Map.entry("EACCES", "Permission denied"),
          Map.entry("ECANCELED", "Operation canceled"),
          Map.entry("ESTALE", "Stale file handle"),
          Map.entry("EAGAIN", "Resource temporarily unavailable"));

  /** Writes the line to .control/ctl with bash's echo, which must fail. */
  static Refusal of(TestBay bay, String line) {
    return of(bay, "ctl", line);
  }

  /** Writes the line to a ctl file below .control with bash's echo, which must fail. */
  static Refusal of(TestBay bay, String ctl, String line) {
    try {
      Files.writeString(bay.scratch().resolve("line"), line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String said = bay.refused("line=$(<$T/line); echo \"$line\" >$C/" + ctl);
    return seen(bay, said, line);
  }

  /** Reads last_error and error_log after something was refused with what bash said. */
  private static Refusal seen(TestBay bay, String said, String line) {
    List<String> last = bay.lastError().lines().toList();
    String entry = bay.must("grep '^\\[' $C/error_log | tail -n 1");
    String errno = entry.replaceFirst(".* errno=([A-Z0-9]+).*", "$1");
    assertThat(said).as(entry).contains(TEXTS.getOrDefault(errno, "unknown " + errno));
    assertThat(entry).contains(" uid=0 pid=");
    assertThat(last).as("last_error").hasSizeGreaterThanOrEqualTo(3);
    assertThat(bay.must("cat $C/error_log")).contains("  error: " + last.get(0) + "\n");
    assertThat(last.get(2)).as("the line with the caret").matches(" *\\^");
    int caret = last.get(2).length() - 1;
    assertThat(last.get(1).length())
        .as("the caret stands under the line")
        .isGreaterThanOrEqualTo(caret);
    assertThat(last.get(1).strip()).as("the written line").isNotEmpty();
    if (line.length() < 100) {
      assertThat(last.get(1)).isEqualTo("  " + line);
    }
    String remedy = last.stream().filter(l -> l.startsWith("try: ")).findFirst().orElse("");
    return new Refusal(errno, last.get(0), last.get(1).substring(caret), remedy);
  }
}
