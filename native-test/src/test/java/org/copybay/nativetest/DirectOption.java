package org.copybay.nativetest;

import java.nio.file.OpenOption;

/** The option that opens a file past the page cache, O_DIRECT. */
public final class DirectOption {
  public static final OpenOption DIRECT = find();

  private DirectOption() {}

  /** By name, because a newer compiler warns of its class. */
  private static OpenOption find() {
    try {
      Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
      return (OpenOption) options.getField("DIRECT").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java opens no file past the page cache", e);
    }
  }
}
