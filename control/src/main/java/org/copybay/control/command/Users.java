package org.copybay.control.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;

/** The users of this machine. */
final class Users {
  private static final Path PASSWD = Path.of("/etc/passwd");

  private Users() {}

  /**
   * The uid of a user, who is named or numbered. Only /etc/passwd is asked: who is in a directory
   * of another machine has to be numbered. NOT_FOUND, STORE_FAILED.
   */
  static int uid(String user) throws StorageException {
    if (user.matches("[0-9]{1,10}") && Long.parseLong(user) <= Integer.MAX_VALUE) {
      return Integer.parseInt(user);
    }
    try {
      for (String line : Files.readAllLines(PASSWD, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length > 2 && fields[0].equals(user) && fields[2].matches("[0-9]{1,9}")) {
          return Integer.parseInt(fields[2]);
        }
      }
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, PASSWD + ": " + e, "its uid", e);
    }
    throw new StorageException(
        Fault.NOT_FOUND,
        "no user " + Words.quote(user) + " in " + PASSWD,
        "its uid, as id -u " + Words.word(user) + " says it");
  }
}
