package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
import org.copybay.control.report.Errno;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;

/** A session PAY with the volumes a and b, recovery volumes ar and br, and what a shell writes. */
abstract class SafeguardFixture extends ControlTreeFixture {
  static final int SIZE_BYTES = 256 << 10;
  static final String ROOM = "safeguard/PAY/";
  static final String CTL = ROOM + "ctl";

  void makeSession() throws Exception {
    for (String name : new String[] {"a", "b", "ar", "br"}) {
      open.volume(name, SIZE_BYTES);
    }
    fill("a", 1);
    fill("b", 2);
    assertThat(reply("ctl", "safeguarded create session=PAY")).isEqualTo("ok session PAY\n");
    assertThat(reply(CTL, "add volume=a,b recovery=ar,br"))
        .isEqualTo("ok session PAY protects a,b\n");
  }

  void fill(String name, int value) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE_BYTES);
    while (bytes.hasRemaining()) {
      bytes.put((byte) value);
    }
    try (OpenFile file = open.bay().find(name).open(new Opener(1, true), false)) {
      assertThat(file.write(0, bytes.flip())).isEqualTo(SIZE_BYTES);
    }
  }

  /** The first byte of a volume. */
  int first(String name) throws Exception {
    Volume volume = open.bay().find(name);
    ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
    try (OpenFile file = volume.open(new Opener(1, false), false)) {
      assertThat(file.read(0, bytes)).isEqualTo(4096);
    }
    return bytes.get(0);
  }

  /** Makes a backup and returns its number. */
  long backup(String words) throws Exception {
    String reply = reply(CTL, "backup " + words);
    Matcher matcher = Pattern.compile("ok backup ([0-9]+) of .* \\(SGC1001I\\)\n").matcher(reply);
    assertThat(matcher.matches()).as(reply).isTrue();
    open.clock().pass(Duration.ofSeconds(10));
    return Long.parseLong(matcher.group(1));
  }

  /** Waits until every backup of both volumes is hashed. */
  void awaitSealed() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read(ROOM + "evidence").lines().skip(1).allMatch(l -> l.contains(" sealed ")));
  }

  /** The errno of a line that is refused, and that last_error tells of. */
  Errno refused(Caller caller, String path, String line, String... told) throws Exception {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try (ControlHandle handle = ((ControlFile) node(path)).open(caller, OpenMode.WRITE)) {
      StorageException error =
          catchThrowableOfType(
              StorageException.class, () -> handle.write(0, ByteBuffer.wrap(bytes)));
      assertThat(error).as(line).isNotNull();
      for (String word : told) {
        assertThat(read("last_error", caller)).as(line).contains(word);
      }
      return Errno.of(error.fault());
    }
  }

  Errno refused(String line, String... told) throws Exception {
    return refused(OpenBay.OWNER, CTL, line, told);
  }

  /** The end of the line of the audit log that a command has last. */
  String lastAudit() throws Exception {
    List<String> all = audit();
    return all.get(all.size() - 1);
  }

  /** The lines of the audit log, but for what the bay does by itself, any time. */
  List<String> audit() throws Exception {
    return read("audit").lines().filter(line -> !line.contains(" seal noted ")).toList();
  }
}
