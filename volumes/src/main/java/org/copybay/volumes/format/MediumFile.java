package org.copybay.volumes.format;

/**
 * A file of a medium.
 *
 * @param path the names from the root on, as in /DIR/FILE. They come from the medium and may hold
 *     any character, but a slash in a name is shown as an underscore.
 * @param bytes how long the medium says that the file is, 0 or more
 */
public record MediumFile(String path, long bytes) {
  /** Checks the length. */
  public MediumFile {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes=" + bytes + " must be >= 0");
    }
  }
}
