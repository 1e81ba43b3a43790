package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.copybay.control.OpenBay;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InternalErrorTest {
  @TempDir Path directory;

  private OpenBay open;
  private ErrorLog errors;
  private CtlSession session;
  private final Turns turns = new Turns();

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    errors = new ErrorLog(open.clock());
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  static Stream<Throwable> errors() {
    return Stream.of(new IllegalStateException("broken"), new AssertionError("broken"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anInternalErrorEndsTheHandleAfterTheGoodLines(Throwable bug) throws Exception {
    AtomicInteger runs = new AtomicInteger();
    session = failingAtRun(3, runs, Verb.Destroys.ALWAYS, bug);
    String good = "work\nwork\n";
    String rest = "work # third\nwork\n";

    assertThat(write(good + rest)).isEqualTo(good.length());
    StorageException error = catchThrowableOfType(StorageException.class, () -> write(rest));

    assertThat(error.fault()).isEqualTo(Fault.STORE_FAILED);
    assertThat(error).hasMessage("internal error: " + bug).cause().isSameAs(bug);
    assertThat(runs).hasValue(3);
    assertThat(read(good.length())).isEqualTo("ok done\nok done\n");
    assertThat(errors.lastError(OpenBay.OWNER.uid())).contains("\n  work # third\n  ^\n");
    assertThat(errors.count()).isEqualTo(1);
    assertThat(audit().text().lines().skip(1))
        .hasSize(3)
        .last()
        .asString()
        .endsWith(" work EIO work # third");
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anInternalErrorAtCloseKeepsNobodysTurn(Throwable bug) throws Exception {
    session = failingAtRun(1, new AtomicInteger(), Verb.Destroys.NEVER, bug);
    RankedLock shared = turns.join(Scope.bay());
    turns.leave(Scope.bay());
    write(" ".repeat(4096) + "work");

    session.close();

    assertThat(turns.join(Scope.bay())).as("nobody has it any more").isNotSameAs(shared);
    assertThat(errors.lastError(OpenBay.OWNER.uid())).startsWith("internal error: " + bug);
  }

  private int write(String text) throws StorageException {
    return session.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String read(long offset) {
    ByteBuffer target = ByteBuffer.allocate(100);
    int count = session.read(offset, target);
    return new String(target.array(), 0, count, StandardCharsets.UTF_8);
  }

  private CtlSession failingAtRun(
      int bad, AtomicInteger runs, Verb.Destroys destroys, Throwable bug) throws Exception {
    Verb.Handler handler =
        request ->
            new Plan(
                Subject.none("work"),
                "work",
                () -> {
                  if (runs.incrementAndGet() == bad) {
                    throw thrown(bug);
                  }
                  return Reply.text(Subject.NONE, "done");
                });
    Verb work =
        new Verb(
            "work", "work", "work", "", List.of(), List.of(), List.of(), List.of(), List.of(),
            destroys, handler);
    AcceptedIds accepted = new AcceptedIds(open.bay().catalogue(), open.jobs(), open.clock());
    accepted.createTable();
    Interpreter interpreter =
        new Interpreter(
            new VerbTable(List.of(work)),
            accepted,
            audit(),
            new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid()),
            Devices.of(open.bay()),
            open.copy().tapes());
    return new CtlSession(interpreter, errors, turns, Scope.bay(), OpenBay.OWNER, "");
  }

  private static RuntimeException thrown(Throwable bug) {
    if (bug instanceof Error error) {
      throw error;
    }
    return (RuntimeException) bug;
  }

  private AuditLog audit() throws StorageException {
    return new AuditLog(open.bay().audit());
  }
}
