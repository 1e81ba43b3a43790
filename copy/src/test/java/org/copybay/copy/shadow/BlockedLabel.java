package org.copybay.copy.shadow;

import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;

/** The label of a volume that cannot be written, until this is closed: then it is what it was. */
final class BlockedLabel implements AutoCloseable {
  private final Path label;
  private final Path away;

  BlockedLabel(Volume volume) throws Exception {
    this.label = volume.directory().resolve(MemberBytes.LABEL);
    this.away = volume.directory().resolve("away");
    Files.move(label, away);
    Files.createDirectory(label); // nothing can be written there
  }

  @Override
  public void close() throws Exception {
    Files.delete(label);
    Files.move(away, label);
  }
}
