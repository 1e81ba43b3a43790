package org.copybay.volumes.format;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The label of UDF: in the primary volume descriptor, the logical volume descriptor and the
 * descriptor "*UDF LV Info" of both sequences, and in the file set descriptor. With the anchors,
 * without which no reader finds these.
 */
final class UdfLabel implements FormatLabel {
  /** The most that a field of 32 bytes can hold. */
  private static final int MAX_CHARACTERS = 30;

  private final List<Block> descriptors;
  private final List<FoundFormat> formats;
  private final Set<String> identifiers;
  private final @Nullable String refusal;

  private UdfLabel(List<Block> descriptors, @Nullable UdfVolume volume, @Nullable String refusal) {
    this.descriptors = List.copyOf(descriptors);
    this.refusal = refusal;
    String identifier = volume == null ? "" : UdfLayout.logicalVolumeId(volume.logical());
    Instant created = volume == null ? null : UdfTime.decode(UdfLayout.recorded(volume.primary()));
    formats = List.of(new FoundFormat(FoundFormat.Kind.UDF, identifier, created));
    identifiers =
        volume == null || identifier.equals(UdfLayout.volumeId(volume.primary()))
            ? Set.of(identifier)
            : Set.of(identifier, UdfLayout.volumeId(volume.primary()));
  }

  /** The label of a medium, or null where it does not say that it is one of UDF. STORE_FAILED. */
  static @Nullable UdfLabel read(Sectors sectors) throws StorageException {
    if (!UdfAnchors.announced(sectors)) {
      return null;
    }
    UdfVolume volume = null;
    try {
      List<Block> blocks = new ArrayList<>(UdfAnchors.find(sectors));
      volume = UdfVolume.read(sectors, blocks);
      blocks.addAll(volume.blocks());
      blocks.addAll(UdfFileSets.find(sectors, volume));
      return new UdfLabel(inOrder(blocks), volume, null);
    } catch (RefusalException e) {
      return new UdfLabel(List.of(), volume, e.sentence());
    }
  }

  private static List<Block> inOrder(List<Block> blocks) {
    Map<Long, Block> inOrder = new TreeMap<>();
    blocks.stream().filter(UdfLayout::labelled).forEach(b -> inOrder.put(b.offset(), b));
    return List.copyOf(inOrder.values());
  }

  @Override
  public List<FoundFormat> formats() {
    return formats;
  }

  @Override
  public @Nullable String refusal() {
    return refusal;
  }

  @Override
  public @Nullable String misfit(String identifier) {
    return identifier.length() <= MAX_CHARACTERS
        ? null
        : "a volume identifier of UDF has at most "
            + MAX_CHARACTERS
            + " characters, got "
            + identifier.length()
            + " in "
            + identifier;
  }

  @Override
  public List<String> warnings(String identifier) {
    return List.of();
  }

  @Override
  public List<Block> descriptors() {
    return descriptors;
  }

  @Override
  public List<Patch> patches(String identifier, Instant created) {
    List<Patch> patches = new ArrayList<>();
    for (Block block : descriptors) {
      Block changed = block.copy();
      UdfLayout.relabel(changed, identifier, created, identifiers);
      patches.add(changed.patch());
    }
    return patches;
  }
}
