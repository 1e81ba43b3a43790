package org.copybay.nativetest.transport;

import static org.copybay.nativetest.transport.SystemCalls.EINTR;
import static org.copybay.nativetest.transport.SystemCalls.LIBC;
import static org.copybay.nativetest.transport.SystemCalls.O_CLOEXEC;
import static org.copybay.nativetest.transport.SystemCalls.O_RDONLY;
import static org.copybay.nativetest.transport.SystemCalls.O_RDWR;
import static org.copybay.nativetest.transport.SystemCalls.errno;
import static org.copybay.nativetest.transport.SystemCalls.said;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Lines for control files, what is read from control files, and points in time. */
final class ControlOperations {
  /** What differs between two runs: moments, processes, and what identifies one volume. */
  private static final Pattern OWN =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z|\\bpid[= ]\\d+|[0-9a-f]{8}-[0-9a-f-]{27}|/var/tmp/\\S+");

  private static final List<String> PAGES =
      List.of("size", "state", "generation", "type", "cache_mode", "relations", "owner", "nothing");

  private static final List<String> BITMAP_PAGES =
      List.of("ranges", "ranges.json", "blocks", "map", "blocks.from/3");

  /** Why a write was refused whose place the kernel took from the size that it knew. */
  private static final Pattern END =
      Pattern.compile(
          "write at \\d+ lies past the end of \\w+ \\(\\d+ bytes\\)|append to \\w+, which .*?size");

  private final Script.Draws draws;
  private final OpenFiles files;
  private final boolean endSentences;
  private int jobs;

  ControlOperations(Script.Draws draws, OpenFiles files, boolean endSentences) {
    this.draws = draws;
    this.files = files;
    this.endSentences = endSentences;
  }

  void addTo(Script script) {
    script.add(10, "command", () -> ctl(".control/ctl", line()));
    script.add(4, "batch", this::batch);
    script.add(3, "bad line", this::badLine);
    script.add(2, "command of a volume", this::commandOfAVolume);
    script.add(4, "duplicate", this::duplicate);
    script.add(4, "page of a volume", this::page);
    script.add(3, "page of a bitmap", this::bitmapPage);
    script.add(2, "page of a point", this::pointPage);
    script.add(2, "last_error", this::lastError);
    script.add(1, "commands", () -> content(".control/commands/ALL"));
    script.add(5, "file of a point", this::pointFile);
  }

  private String line() {
    String a = draws.volume();
    String b = draws.volume();
    String point = draws.pick(List.of("p", "q"));
    String bitmap = draws.pick(List.of("m", "n"));
    int size = 1 + (int) draws.offset();
    return switch (draws.below(16)) {
      case 0, 1, 2 -> "create volume " + a + " size=" + size;
      case 3 -> "create volume " + a + " size=" + size + " cache=block";
      case 4, 5 -> "resize volume=" + a + " size=" + size + (draws.oneOf(2) ? " shrink=yes" : "");
      case 6, 7 -> "freeze volumes=" + a + (draws.oneOf(2) ? "," + b : "") + " name=" + point;
      case 8, 9 -> "drop point=" + point;
      case 10 -> "bitmap start volume=" + a + " bitmap=" + bitmap + " grain=127";
      case 11 -> "bitmap start volume=" + a + " bitmap=" + bitmap;
      case 12 -> "bitmap " + draws.pick(List.of("reset", "delete")) + " volume=" + a + " bitmap=m";
      case 13 -> renaming(a, b);
      case 14 -> deletion(a);
      default -> "cache volume=" + a + " mode=" + draws.pick(List.of("page", "block"));
    };
  }

  /** A command takes the name away from who has the file open; known only after its answer. */
  private String renaming(String a, String b) {
    return files.isOpen(a) || files.isOpen(b)
        ? "rename volume=" + a + " to=" + a
        : "rename volume=" + a + " to=" + b;
  }

  private String deletion(String a) {
    files.lost(a);
    return "delete volume=" + a;
  }

  /** Writes to a control file and reads the reply. */
  private String ctl(String file, String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    int fd = LIBC.open(draws.path(file), O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) {
      return text + " open " + said(fd);
    }
    String said = "[" + text.replace("\n", "|") + "] " + said(LIBC.write(fd, bytes, bytes.length));
    byte[] reply = new byte[8192];
    long count = LIBC.read(fd, reply, reply.length);
    said += " reply " + (count < 0 ? said(count) : text(reply, count));
    LIBC.close(fd);
    return said;
  }

  private static String text(byte[] bytes, long count) {
    String text = new String(bytes, 0, (int) count, StandardCharsets.UTF_8);
    return OWN.matcher(text).replaceAll("<own>").replace("\n", "|");
  }

  private String batch() {
    int lines = 2 + draws.below(4);
    StringBuilder text = new StringBuilder(line());
    for (int i = 1; i < lines; i++) {
      text.append('\n').append(draws.oneOf(5) ? "bogus line " + i : line());
    }
    return ctl(".control/ctl", text.toString());
  }

  private String badLine() {
    List<String> lines =
        List.of(
            "bogus",
            "create volume",
            "resize volume=a sise=4",
            "create volume x/y size=1M",
            "freeze volumes=a",
            "duplicate from=zz to=a id=zz",
            "help \"open",
            "\u0001\u0002",
            "create volume long size=1M note=" + "n".repeat(70_000));
    return ctl(".control/ctl", draws.pick(lines)).replaceAll("n{100,}", "nn");
  }

  private String commandOfAVolume() {
    String line = draws.pick(List.of("resize " + draws.offset(), "check", "bogus", "help"));
    return waited(ctl(".control/volumes/" + draws.volume() + "/ctl", line));
  }

  private String duplicate() {
    String id = "j" + jobs++;
    String to = draws.volume();
    boolean replace = draws.oneOf(2);
    String line =
        "duplicate from=" + draws.volume() + " to=" + to + (replace ? " replace=yes" : "");
    if (replace) {
      files.lost(to);
    }
    return ctl(".control/ctl", line + " id=" + id) + waited(" ok " + id + " ");
  }

  /** Waits for the job that the reply names, so that the next operation finds nothing at work. */
  private String waited(String reply) {
    int at = reply.indexOf("ok ");
    if (at < 0) {
      return reply;
    }
    String id = reply.substring(at + 3).split(" ", 2)[0];
    int fd = LIBC.open(draws.path(".control/jobs/" + id + "/wait"), O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
      return reply + " wait " + said(fd);
    }
    String last = "";
    byte[] line = new byte[4096];
    long count = LIBC.read(fd, line, line.length);
    while (count > 0 || (count < 0 && errno() == EINTR)) {
      last = count > 0 ? text(line, count) : last;
      count = LIBC.read(fd, line, line.length);
    }
    String said = reply + " wait " + said(count) + " " + last;
    LIBC.close(fd);
    return said;
  }

  private String page() {
    return content(".control/volumes/" + draws.volume() + "/" + draws.pick(PAGES));
  }

  private String bitmapPage() {
    String bitmap = draws.pick(List.of("m", "n"));
    String page = draws.pick(BITMAP_PAGES);
    return content(".control/volumes/" + draws.volume() + "/bitmaps/" + bitmap + "/" + page);
  }

  private String pointPage() {
    String page = draws.pick(List.of("status", "changed/" + draws.volume()));
    return content(".control/points/" + draws.pick(List.of("p", "q")) + "/" + page);
  }

  private String content(String page) {
    int fd = LIBC.open(draws.path(page), O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
      return page + " open " + said(fd);
    }
    byte[] bytes = new byte[65_536];
    long count = LIBC.read(fd, bytes, bytes.length);
    String said = page + " " + (count < 0 ? said(count) : text(bytes, count));
    LIBC.close(fd);
    return said;
  }

  private String lastError() {
    String said = content(".control/last_error");
    return endSentences ? said : END.matcher(said).replaceAll("<end>");
  }

  private String pointFile() {
    String file = "points/" + draws.pick(List.of("p", "q")) + "/" + draws.volume();
    int flags = O_CLOEXEC | (draws.oneOf(4) ? O_RDWR : O_RDONLY);
    byte[] bytes = new byte[draws.length()];
    long offset = draws.offset();
    String said = file + " " + SystemCalls.stat(draws.path(file), false);
    int fd = LIBC.open(draws.path(file), flags, 0);
    if (fd < 0) {
      return said + " open " + said(fd);
    }
    said += " " + said(LIBC.pread(fd, bytes, bytes.length, offset), bytes);
    said += " fsync " + said(LIBC.fsync(fd)) + " write " + said(LIBC.pwrite(fd, bytes, 10, 0));
    LIBC.close(fd);
    return said;
  }
}
