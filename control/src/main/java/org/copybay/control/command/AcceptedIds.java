package org.copybay.control.command;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/**
 * The ids of accepted commands, so that a command that is sent again with its id runs once. They
 * are kept for 7 days, in the catalogue.
 */
final class AcceptedIds {
  private static final Duration KEPT = Duration.ofDays(7);

  private final Catalogue catalogue;
  private final Jobs jobs;
  private final Clock clock;

  AcceptedIds(Catalogue catalogue, Jobs jobs, Clock clock) {
    this.catalogue = catalogue;
    this.jobs = jobs;
    this.clock = clock;
  }

  /** Makes the table in a bay that has none. */
  void createTable() throws StorageException {
    catalogue.change(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "create table if not exists accepted_command (id text primary key,"
                    + " command text not null, accepted integer not null)");
          }
        });
  }

  /** Whether a job has that id as its name. */
  boolean namesJob(String id) {
    return jobs.find(id) != null;
  }

  /**
   * The line of the job of that id that was accepted in the last 7 days, or null: a job may have
   * been started just before a crash that kept its id from being recorded here.
   */
  @Nullable String jobLine(String id) {
    Job job = jobs.find(id);
    boolean young = job != null && job.row().created().getEpochSecond() > oldest();
    return job != null && young ? job.row().line() : null;
  }

  /** The command that was accepted with this id in the last 7 days, in canonical form, or null. */
  @Nullable String find(String id) throws StorageException {
    return catalogue.read(connection -> Optional.ofNullable(find(connection, id))).orElse(null);
  }

  private @Nullable String find(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select command from accepted_command where id=? and accepted>?")) {
      statement.setString(1, id);
      statement.setLong(2, oldest());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /**
   * Remembers an accepted command, in the transaction of the command itself or in one of its own,
   * and forgets what is too old.
   */
  final class Acceptance implements Catalogue.Change {
    private final String id;
    private final String command;
    private boolean noted; // used by one thread

    Acceptance(String id, String command) {
      this.id = id;
      this.command = command;
    }

    @Override
    public void run(Connection connection) throws SQLException {
      try (PreparedStatement old =
          connection.prepareStatement("delete from accepted_command where accepted<=?")) {
        old.setLong(1, oldest());
        old.executeUpdate();
      }
      try (PreparedStatement statement =
          connection.prepareStatement("insert or replace into accepted_command values (?,?,?)")) {
        statement.setString(1, id);
        statement.setString(2, command);
        statement.setLong(3, clock.instant().getEpochSecond());
        statement.executeUpdate();
      }
      noted = true;
    }

    /** The command took effect; notes it now where its own transaction did not. */
    void ensure() throws StorageException {
      if (!noted) {
        catalogue.change(this);
      }
    }
  }

  private long oldest() {
    return clock.instant().minus(KEPT).getEpochSecond();
  }
}
