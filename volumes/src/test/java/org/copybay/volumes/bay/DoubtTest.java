package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;
import static org.copybay.volumes.bay.TestBay.wanted;

import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** A commit that fails leaves in doubt whether it was made, until the bay is opened again. */
class DoubtTest extends BayFixture {

  /** From now on an update to that state is refused by SQLite at its commit. */
  private void failCommitsTo(String state) throws StorageException {
    bay.catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("create table if not exists parent (id integer primary key)");
                statement.execute(
                    "create table if not exists child (parent integer references parent(id)"
                        + " deferrable initially deferred)");
                statement.execute(
                    "create temp trigger doubt after update on main.volume when new.state='"
                        + state
                        + "' begin insert into child values (1); end");
              }
            });
    // Not inside a transaction, where SQLite ignores it.
    try (var statement = connection().createStatement()) {
      statement.execute("pragma foreign_keys=on");
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private java.sql.Connection connection() throws StorageException {
    java.sql.Connection[] found = new java.sql.Connection[1];
    bay.catalogue().change(connection -> found[0] = connection);
    return found[0];
  }

  @Test
  void afterAFailedCommitNoChangeIsTakenAndReadsGoOn() throws Exception {
    Volume a = test.createFilled("a", 1000, 1);
    failCommitsTo("dropping");

    assertFault(Fault.STORE_FAILED, () -> bay.remove("a"));

    assertThat(bay.catalogue().failure()).contains("while a change was recorded");
    assertFault(Fault.STORE_FAILED, () -> test.create("b", 1));
    assertThat(read(a)).isEqualTo(Bytes.random(1, 1000));
    test.reopen();
    assertThat(test.bay.catalogue().failure()).isNull();
    assertThat(test.bay.find("a")).isNotNull();
  }

  @Test
  void whatMayBeDeletedOrCutTakesNoWrites() throws Exception {
    test.createFilled("a", 1000, 1);
    test.createFilled("other", 1000, 2);
    for (Loss loss :
        new Loss[] {
          new Loss("dropping", () -> bay.remove("a")),
          new Loss("dropping", () -> bay.rename("other", "a", false)),
          new Loss("ready", () -> bay.resize(bay.find("a"), 500, true, NOTHING)),
        }) {
      failCommitsTo(loss.state());
      assertFault(Fault.STORE_FAILED, loss.call());

      Volume a = bay.find("a");
      assertFault(
          Fault.STORE_FAILED,
          () -> TestBay.write(a, 0, new byte[] {1}),
          e -> assertThat(e).hasMessageContaining("the next mount may find them deleted or cut"));
      TestBay.write(bay.find("other"), 0, new byte[] {1});

      test.reopen();
      bay = test.bay;
      TestBay.write(bay.find("a"), 0, new byte[] {1});
    }
  }

  @Test
  void whatIsRefusedLaterMarksNothing() throws Exception {
    test.createFilled("a", 1000, 1);
    test.create("other", 10);
    failCommitsTo("dropping");
    assertFault(Fault.STORE_FAILED, () -> bay.remove("other"));

    assertFault(Fault.STORE_FAILED, () -> bay.remove("a")); // not even tried

    TestBay.write(bay.find("a"), 0, new byte[] {1});
    assertFault(Fault.STORE_FAILED, () -> TestBay.write(bay.find("other"), 0, new byte[] {1}));
  }

  @Test
  void whatMayBeFinishedIsNotCutAnyMore() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct(Bytes.random(1, 5000)));
    failCommitsTo("ready");
    maker.close();
    Volume a = bay.find("a");

    assertFault(Fault.STORE_FAILED, () -> a.open(TestBay.WRITER, true));

    assertThat(a.home().toFile()).hasSize(5000);
    assertThat(read(a)).isEqualTo(Bytes.random(1, 5000));
  }

  private record Loss(String state, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {}

  @Test
  void aTargetInDoubtKeepsItsBytes() throws Exception {
    Volume target = bay.reserve(wanted("a", 50_000), false, JOB);
    target.fill().write(0, Bytes.direct(Bytes.random(1, 50_000)));
    failCommitsTo("ready");

    assertFault(Fault.STORE_FAILED, () -> bay.reveal(target, false, connection -> {}));
    assertThat(bay.discard(target)).isFalse();

    assertThat(target.home().toFile()).hasSize(50_000);
  }

  @Test
  void aNewVolumeInDoubtKeepsItsFiles() throws Exception {
    failCommitsTo("ready");

    assertFault(Fault.STORE_FAILED, () -> test.create("a", 50_000));

    assertThat(directory.resolve("bay/volumes")).isNotEmptyDirectory();
    test.reopen(); // where the row says that it was never made
    assertThat(test.bay.findOrNull("a")).isNull();
    test.assertNothingLeftBehind();
  }
}
