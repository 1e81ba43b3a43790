package org.copybay.volumes.format;

import java.time.Instant;
import java.util.List;
import org.copybay.volumes.Extent;
import org.jspecify.annotations.Nullable;

/** The label that one format gives a medium, with the descriptors that it stands in. */
sealed interface FormatLabel permits IsoLabel, UdfLabel {
  /** The format, and below it those that are a part of it. */
  List<FoundFormat> formats();

  /** Why the label cannot be changed, as a sentence, or null where it can. */
  @Nullable String refusal();

  /** Why an identifier cannot be shown whole by this format, as a sentence, or null. */
  @Nullable String misfit(String identifier);

  /** What one should know before giving the medium an identifier that fits, as sentences. */
  List<String> warnings(String identifier);

  /** The descriptors by which the label is recognized, one or more whole sectors each. */
  List<Block> descriptors();

  /** The descriptors with another identifier and time, each at its place. */
  List<Patch> patches(String identifier, Instant created);

  /** Where the descriptors lie. */
  default List<Extent> extents() {
    return descriptors().stream().map(block -> new Extent(block.offset(), block.length())).toList();
  }
}
