package org.copybay.volumes.format;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A format that was found on a medium, with what it says of the medium.
 *
 * @param kind which format
 * @param identifier the volume identifier without padding; empty where none is set or it cannot be
 *     read. It comes from the medium and may hold any character.
 * @param created when the volume was created, or null where that is not set or is no time
 */
public record FoundFormat(Kind kind, String identifier, @Nullable Instant created) {

  /** The formats with a volume identifier of their own. */
  public enum Kind {
    /** ECMA-119, also known as ISO 9660. */
    ISO_9660("ISO 9660"),
    /** A tree of ISO 9660 with names in UCS-2, under a descriptor of its own. */
    JOLIET("Joliet"),
    /** ECMA-167 as OSTA UDF restricts it. */
    UDF("UDF");

    private final String shown;

    Kind(String shown) {
      this.shown = shown;
    }

    @Override
    public String toString() {
      return shown;
    }
  }
}
