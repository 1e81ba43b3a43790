package org.copybay.control.report;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Map;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** The one form of all JSON that Copybay writes: indented, with null for what is not known. */
public final class Json {
  private static final JSON FORM =
      JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).with(JSON.Feature.WRITE_NULL_PROPERTIES);

  private Json() {}

  /**
   * A text with its line end.
   *
   * @param value maps, lists, numbers, words, booleans and null
   */
  public static String text(Object value) throws StorageException {
    try {
      return FORM.asString(value) + "\n";
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The values of an object by key, in its order. CORRUPT. */
  public static Map<String, @Nullable Object> object(String text) throws StorageException {
    try {
      return FORM.mapFrom(text);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static StorageException failure(IOException e) {
    return new StorageException(Fault.CORRUPT, "JSON: " + e.getMessage(), null, e);
  }
}
