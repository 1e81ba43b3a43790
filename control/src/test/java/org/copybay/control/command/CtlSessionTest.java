package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.control.OpenBay;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CtlSessionTest {
  @TempDir Path directory;

  private OpenBay open;
  private ErrorLog errors;
  private Commands commands;
  private CtlSession session;

  @BeforeEach
  void openCtl() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    errors = new ErrorLog(open.clock());
    commands =
        Commands.open(
            open.bay(),
            open.copy(),
            errors,
            new AuditLog(open.bay().audit()),
            open.clock(),
            new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid()),
            Path.of("/mnt/bay"));
    session = ctl();
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  private CtlSession ctl() {
    return commands.open(Scope.bay(), OpenBay.OWNER);
  }

  // ---- batches

  @Test
  void everyLineOfABatchRunsInOrder() throws Exception {
    int taken = write("create volume a size=1K\nrename volume=a to=b\n");

    assertThat(taken).isEqualTo(45);
    assertThat(names()).containsExactly("b");
  }

  @Test
  void aBadThirdLineGivesAShortCountAndThenItsError() throws Exception {
    String good = "create volume a size=1K\ncreate volume b size=1K\n";
    String rest = "create volume c sise=1K\ncreate volume d size=1K\n";

    assertThat(write(good + rest)).isEqualTo(good.length());
    assertThat(fault(rest)).isEqualTo(Fault.BAD_REQUEST);

    assertThat(names()).containsExactly("a", "b");
    assertThat(errors.count()).isEqualTo(1);
  }

  @Test
  void aBadFirstLineFailsAtOnce() {
    assertThat(fault("delete volume=nix\ncreate volume d size=1K\n")).isEqualTo(Fault.NOT_FOUND);
    assertThat(names()).isEmpty();
  }

  @Test
  void afterAnErrorTheHandleRepeatsItAndRunsNothing() throws Exception {
    StorageException first = error("delete volume=nix\n");

    assertThat(error("create volume a size=1K\n")).isSameAs(first);
    assertThat(error("\n")).isSameAs(first);
    assertThat(names()).isEmpty();
    assertThat(errors.count()).isEqualTo(1);

    session = ctl();
    write("create volume a size=1K\n");
    assertThat(names()).containsExactly("a");
  }

  @Test
  void blankLinesAndCommentsAreGood() throws Exception {
    String text = "# make one\n\n  create volume a size=1K   # now\n\n";

    assertThat(write(text)).isEqualTo(text.length());
    assertThat(names()).containsExactly("a");
  }

  @Test
  void linesMayEndWithCarriageReturns() throws Exception {
    write("create volume a size=1K\r\n\r\ncreate volume b size=1K\r\n");

    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  void aBatchHasAtMost1024Lines() throws Exception {
    assertThat(write("help\n".repeat(1024))).isEqualTo(5 * 1024);

    session = ctl();
    assertThat(error("create volume a size=1K\n" + "help\n".repeat(1024)))
        .hasMessage("a batch has at most 1024 lines, got 1025; nothing of it ran")
        .extracting(StorageException::fault)
        .isEqualTo(Fault.TOO_LONG);
    assertThat(names()).isEmpty();
  }

  @Test
  void aLineOf64KibIsReadAndALongerOneIsRefused() {
    String longest = "create volume a size=1K # ";
    String line = longest + "x".repeat(64 * 1024 - longest.length() - 1) + "\n";

    assertThat(fault("y".repeat(64 * 1024 - 1) + "\n")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(errors.text().length()).isLessThan(2000);
    session = ctl();
    assertThat(faultOrNull(line)).isNull();
    assertThat(names()).containsExactly("a");
    session = ctl();
    assertThat(error("z" + line))
        .hasMessage("a batch has at most 65536 bytes, got 65537; nothing of it ran");
  }

  // ---- partial lines

  @Test
  void aShortWriteNeedsNoLineEnd() throws Exception {
    write("create volume a size=1K");

    assertThat(names()).containsExactly("a");
  }

  /** A pipe may give the line in two pieces, and the first one be the name of another volume. */
  @Test
  void aCommandThatDestroysNeedsItsLineEndInAShortWriteToo() throws Exception {
    write("create volume pay size=1K\ncreate volume pay-old size=1K\n");

    assertThat(fault("delete pay")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(fault("-old\n")).isEqualTo(Fault.BAD_REQUEST);

    assertThat(names()).containsExactly("pay", "pay-old");
    session = ctl();
    String good = "help\n";
    assertThat(write(good + "resize volume=pay size=1 shrink=yes")).isEqualTo(good.length());
    assertThat(open.bay().find("pay").size()).isEqualTo(1024);
    session = ctl();
    write("delete pay\n");
    assertThat(names()).containsExactly("pay-old");
  }

  @Test
  void theUnfinishedEndOfALongWriteWaitsForTheNext() throws Exception {
    String cut = "# " + "x".repeat(4090) + "\ncreate volume a si";

    assertThat(write(cut)).isEqualTo(cut.length());
    assertThat(names()).isEmpty();
    write("ze=1K\n");

    assertThat(names()).containsExactly("a");
  }

  @Test
  void exactly4096BytesMayBeCutAnd4095AreComplete() throws Exception {
    String line = "create volume a size=1K";

    write(" ".repeat(4095 - line.length()) + line);
    assertThat(names()).containsExactly("a");
    write(" ".repeat(4096 - line.length()) + line.replace(" a ", " b "));
    assertThat(names()).containsExactly("a");
  }

  @Test
  void anUnfinishedLineRunsAtCloseAndItsErrorGoesToTheLog() throws Exception {
    String good = "create volume a size=1K";
    write(" ".repeat(4096) + good);
    session.close();
    assertThat(names()).containsExactly("a");

    session = ctl();
    write(" ".repeat(4096) + good);
    session.close();
    session.close();

    assertThat(errors.lastError(OpenBay.OWNER.uid())).startsWith("volume a exists\n");
    assertThat(errors.count()).isEqualTo(1);
  }

  @Test
  void anUnfinishedLineThatDestroysIsRefusedAtClose() throws Exception {
    write("create volume pay size=1K\n");
    write(" ".repeat(4096) + "delete volume=pay");
    session.close();

    assertThat(names()).containsExactly("pay");
    assertThat(errors.lastError(OpenBay.OWNER.uid()))
        .startsWith("a line without a line end may be cut off: a destructive command needs its")
        .endsWith("\ntry: end it with a line end, as echo does\n");

    session = ctl();
    write(" ".repeat(4096) + "resize volume=pay size=1 shrink=yes");
    session.close();
    assertThat(open.bay().find("pay").size()).isEqualTo(1024);
    assertThat(errors.count()).isEqualTo(2);

    session = ctl();
    write(" ".repeat(4096) + "delete volume=pay\n");
    assertThat(names()).isEmpty();
  }

  @Test
  void anErrorInTheWaitingPartIsNoShortCount() throws Exception {
    String cut = "# " + "x".repeat(4090) + "\ncreate volume a si";
    write(cut);

    assertThat(fault("zzze=1K\ncreate volume b size=1K\n")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(names()).isEmpty();
  }

  @Test
  void moreThan64KibWaitingIsTooLong() throws Exception {
    write("x".repeat(40_000));

    assertThat(fault("x".repeat(40_000))).isEqualTo(Fault.TOO_LONG);
    assertThat(fault("\n")).isEqualTo(Fault.TOO_LONG);
  }

  // ---- junk

  @Test
  void binaryJunkIsRefusedWithASentence() {
    byte[] elf = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, (byte) 0xff, (byte) 0x80};

    StorageException error =
        catchThrowableOfType(StorageException.class, () -> session.write(0, ByteBuffer.wrap(elf)));

    assertThat(error.fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(errors.lastError(OpenBay.OWNER.uid()))
        .isEqualTo(
            """
            the line is not UTF-8 text from this byte on
              \\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\ufffd\ufffd
                                             ^
            try: cat .control/ctl shows what it takes
            """);
  }

  @Test
  void randomBytesAreRefusedOrEmptyAndNothingElse() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      byte[] junk = new byte[random.nextInt(200)];
      random.nextBytes(junk);
      try (CtlSession fresh = ctl()) {
        fresh.write(0, ByteBuffer.wrap(junk));
      } catch (StorageException e) {
        assertThat(e.fault()).as("seed 7 round %d", round).isEqualTo(Fault.BAD_REQUEST);
      }
    }
    assertThat(names()).isEmpty();
  }

  // ---- replies

  @Test
  void aFreshHandleReadsTheUsageAndAWriterItsReplies() throws Exception {
    assertThat(read(0)).contains("duplicate from=NAME to=NEW");

    int taken = write("create volume a size=1K\n# nothing\nhelp resize\n");

    assertThat(read(taken))
        .isEqualTo("ok gen=1 volume a has 1024 bytes\nok cat .control/commands/resize\n");
  }

  @Test
  void theGoodLinesOfAPartlyGoodBatchAreAnswered() throws Exception {
    int taken = write("create volume a size=1K\ndelete volume=nix\n");

    assertThat(read(taken)).isEqualTo("ok gen=1 volume a has 1024 bytes\n");
  }

  // ---- two at once

  @Test
  void aLockIsKeptOnlyWhileAHandleIsOpen() throws Exception {
    CtlSession second = ctl();
    session.close();
    assertThat(second.write(0, ByteBuffer.wrap("help".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(4);
    second.close();
  }

  @Test
  void manyShellsAtOnceEachGetAnAnswerAndLoseAtOnceOverTheSameVolume() throws Exception {
    Volume volume = open.volume("a", 1024);
    AtomicInteger accepted = new AtomicInteger();
    List<Thread> shells = new ArrayList<>();
    Queue<String> unexpected = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 6; i++) {
      Scope scope = i % 2 == 0 ? Scope.bay() : Scope.volume("a");
      String line = i % 2 == 0 ? "resize volume=a size=" : "resize size=";
      int first = 2000 + 100 * i; // no size twice: the same size again changes nothing
      shells.add(
          new Thread(
              () -> {
                for (int size = first; size < first + 30; size++) {
                  try (CtlSession shell = commands.open(scope, OpenBay.OWNER)) {
                    byte[] octets =
                        (line + size + " shrink=yes\n").getBytes(StandardCharsets.UTF_8);
                    shell.write(0, ByteBuffer.wrap(octets));
                    accepted.incrementAndGet();
                  } catch (StorageException e) {
                    if (e.fault() != Fault.BUSY) {
                      unexpected.add(e.fault() + " " + e.getMessage());
                    }
                  } catch (AssertionError e) {
                    unexpected.add(e.toString());
                  }
                }
              }));
    }
    shells.forEach(Thread::start);
    for (Thread shell : shells) {
      shell.join();
    }

    assertThat(unexpected).isEmpty();
    assertThat(volume.row().generation()).isEqualTo(1 + accepted.get());
  }

  private int write(String text) throws StorageException {
    return session.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String read(long offset) {
    ByteBuffer target = ByteBuffer.allocate(1 << 16);
    int count = session.read(offset, target);
    return new String(target.array(), 0, count, StandardCharsets.UTF_8);
  }

  private StorageException error(String text) {
    return catchThrowableOfType(StorageException.class, () -> write(text));
  }

  private Fault faultOrNull(String text) {
    StorageException error = error(text);
    return error == null ? null : error.fault();
  }

  private Fault fault(String text) {
    Fault fault = faultOrNull(text);
    assertThat(fault).as(text).isNotNull();
    return fault;
  }

  private Iterable<String> names() {
    return open.bay().volumes().stream().map(Volume::name).toList();
  }
}
