package org.copybay.control.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Reads {@code status.json} and writes what {@code --json} prints, in the same form. */
final class Json {
  private static final JSON JSON_TEXT =
      JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).with(JSON.Feature.WRITE_NULL_PROPERTIES);

  private Json() {}

  static Facts facts(String object) throws StorageException {
    try {
      return new Facts(JSON_TEXT.mapFrom(object));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * @param value maps, lists, numbers, words, booleans and null
   */
  static String text(Object value) throws StorageException {
    try {
      return JSON_TEXT.asString(value) + "\n";
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static StorageException failure(IOException e) {
    return new StorageException(Fault.CORRUPT, "JSON: " + e.getMessage(), null, e);
  }
}
