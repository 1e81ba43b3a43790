package org.copybay.control.command;

import java.util.List;
import org.copybay.control.report.Outcomes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** A line that was refused: the error, and where in the line the word stands that is to blame. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final StorageException error;
  private final int column;
  private final transient @Nullable Outcomes outcomes;

  RefusedException(StorageException error, int column) {
    this(error, column, null);
  }

  /** With what became of each thing that the line is about, where there are several. */
  RefusedException(StorageException error, int column, @Nullable Outcomes outcomes) {
    super(error);
    this.error = withRemedy(error);
    this.column = column;
    this.outcomes = outcomes;
  }

  private static StorageException withRemedy(StorageException error) {
    return error.fault() == Fault.NO_SPACE && error.remedy() == null
        ? new StorageException(
            Fault.NO_SPACE,
            error.getMessage(),
            "make room on its disk: drop a point, delete a volume, or df -h",
            error)
        : error;
  }

  /** A line that breaks the grammar or a rule for values. */
  static RefusedException badRequest(int column, String message) {
    return badRequest(column, message, null);
  }

  static RefusedException badRequest(int column, String message, @Nullable String remedy) {
    return new RefusedException(new StorageException(Fault.BAD_REQUEST, message, remedy), column);
  }

  /** A flag that a form of a dialect does not have; the nearest that it has is named. */
  static RefusedException unknownFlag(
      Argument word, String form, List<String> known, String grammar) {
    String nearest = NearestWord.to(word.name(), known);
    return badRequest(
        word.column(),
        "unknown flag "
            + word.name()
            + " of "
            + form
            + (nearest == null ? "" : "; the nearest is " + nearest),
        grammar);
  }

  StorageException error() {
    return error;
  }

  /** Index in the line's string of the first character of the bad word. */
  int column() {
    return column;
  }

  /** What became of each thing that the line is about, or null where there is one. */
  @Nullable Outcomes outcomes() {
    return outcomes;
  }
}
