package org.copybay.copy.safeguarded;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.sqlite.Function;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/** Does something at the first row that a transaction of a bay changes, inside of it. */
final class RowHook {
  private static final List<String> TABLES =
      List.of(
          "point",
          "point_volume",
          "job",
          "sg_session",
          "sg_copy_set",
          "sg_backup",
          "sg_hold",
          "sg_verified",
          "sg_recovery",
          "sg_pair",
          "sg_request",
          "sg_setting");

  private final int at;
  private final Step step;

  // guarded by the lock of the catalogue
  private int count; // transactions
  private boolean begun;

  /** What is done. */
  interface Step {
    void run() throws SQLException;
  }

  private RowHook(int at, Step step) {
    this.at = at;
    this.step = step;
  }

  /** Does it in the transaction of that number, the first is 0, and in all after it. */
  static RowHook install(Bay bay, int at, Step step) throws StorageException {
    RowHook hook = new RowHook(at, step);
    bay.catalogue()
        .change(
            connection -> {
              ((SQLiteConnection) connection).addCommitListener(hook.listener());
              Function.create(
                  connection,
                  "row_hook",
                  new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                      hook.changed();
                      result(0);
                    }
                  });
              try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                  for (String what : List.of("insert", "update", "delete")) {
                    statement.execute(
                        "create temp trigger hook_%s_%s after %s on main.%s begin select row_hook();"
                                .formatted(table, what, what, table)
                            + " end");
                  }
                }
              }
            });
    return hook;
  }

  private SQLiteCommitListener listener() {
    return new SQLiteCommitListener() {
      @Override
      public void onCommit() {
        begun = false;
      }

      @Override
      public void onRollback() {
        begun = false;
      }
    };
  }

  private void changed() throws SQLException {
    if (!begun) {
      begun = true;
      if (count++ >= at) {
        step.run();
      }
    }
  }

  /** Whether there were as many transactions. */
  boolean reached() {
    return count > at;
  }
}
