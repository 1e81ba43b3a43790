package org.copybay.copy.shadow;

import java.util.Locale;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Names of virtual units: DSA and a number from 0 to 9999 without leading zeros, in any case (HP
 * Volume Shadowing for OpenVMS, "Creating a Shadow Set").
 */
public final class UnitName {
  private static final String FORM = "DSA(0|[1-9][0-9]{0,3})";

  private UnitName() {}

  /** Whether a text is the name of a virtual unit, as {@link #of} takes it. */
  public static boolean matches(String text) {
    return bare(text).matches(FORM);
  }

  private static String bare(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    name = name.startsWith("_") ? name.substring(1) : name;
    return name.endsWith(":") ? name.substring(0, name.length() - 1) : name;
  }

  /** The name in capital letters; a colon at its end is left out. BAD_REQUEST. */
  public static String of(String text) throws StorageException {
    String name = bare(text);
    if (!name.matches(FORM)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "%SYSTEM-F-BADPARAM, a virtual unit is named DSA0 to DSA9999, got " + text,
          "set=DSA1");
    }
    return name;
  }
}
