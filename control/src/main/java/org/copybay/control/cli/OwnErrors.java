package org.copybay.control.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;

/**
 * What the bay says of the errors of this user: an errno does not say why.
 *
 * @param uid of this user
 */
record OwnErrors(ControlFiles bay, String uid) {
  /** How an entry of error_log begins. */
  private static final Pattern HEAD =
      Pattern.compile("^\\[([0-9]{1,18})\\] \\S+ uid=([0-9]+) ", Pattern.MULTILINE);

  static OwnErrors of(ControlFiles bay) throws StorageException {
    try {
      return new OwnErrors(bay, Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString());
    } catch (IOException e) {
      throw FileFailure.of("look at /proc/self", e);
    }
  }

  /** The number of the newest error of this user, 0 for none: two may have the same sentence. */
  long newest() throws StorageException {
    long newest = 0;
    Matcher head = HEAD.matcher(bay.text("error_log"));
    while (head.find()) {
      newest = head.group(2).equals(uid) ? Long.parseLong(head.group(1)) : newest;
    }
    return newest;
  }

  /** What the bay says of the last error, or null where none came after the one of that number. */
  @Nullable String since(long before) throws StorageException {
    return newest() <= before ? null : bay.text("last_error").stripTrailing();
  }
}
