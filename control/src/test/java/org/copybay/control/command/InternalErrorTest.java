package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.control.OpenBay;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InternalErrorTest {
  @TempDir Path directory;

  private OpenBay open;
  private ErrorLog errors;
  private CtlSession session;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    errors = new ErrorLog(open.clock());
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  @Test
  void anInternalErrorEndsTheHandleAfterTheGoodLines() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    session = failingAtRun(3, runs);
    String good = "work\nwork\n";
    String rest = "work # third\nwork\n";

    assertThat(write(good + rest)).isEqualTo(good.length());
    StorageException error = catchThrowableOfType(StorageException.class, () -> write(rest));

    assertThat(error.fault()).isEqualTo(Fault.STORE_FAILED);
    assertThat(error)
        .hasMessage("internal error: java.lang.IllegalStateException: broken")
        .hasCauseInstanceOf(IllegalStateException.class);
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

  private int write(String text) throws StorageException {
    return session.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String read(long offset) {
    ByteBuffer target = ByteBuffer.allocate(100);
    int count = session.read(offset, target);
    return new String(target.array(), 0, count, StandardCharsets.UTF_8);
  }

  private CtlSession failingAtRun(int bad, AtomicInteger runs) throws Exception {
    Verb.Handler handler =
        request ->
            new Plan(
                Subject.none("work"),
                "work",
                () -> {
                  if (runs.incrementAndGet() == bad) {
                    throw new IllegalStateException("broken");
                  }
                  return Reply.text(Subject.NONE, "done");
                });
    Verb work =
        new Verb(
            "work",
            "work",
            "work",
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Verb.Destroys.ALWAYS,
            handler);
    AcceptedIds accepted = new AcceptedIds(open.bay().catalogue(), open.jobs(), open.clock());
    accepted.createTable();
    Interpreter interpreter =
        new Interpreter(
            new VerbTable(List.of(work)), accepted, audit(), new Owner(OpenBay.OWNER.uid()));
    return new CtlSession(interpreter, errors, new Turns(), Scope.bay(), OpenBay.OWNER, "");
  }

  private AuditLog audit() throws StorageException {
    return AuditLog.open(open.bay().catalogue(), open.clock());
  }
}
