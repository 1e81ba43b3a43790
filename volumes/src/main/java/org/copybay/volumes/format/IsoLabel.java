package org.copybay.volumes.format;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The label of ISO 9660: the primary descriptor, that of Joliet, the enhanced one, and copies. Of a
 * medium with several sessions it is the set at sector 16, the one that readers of an image take.
 */
final class IsoLabel implements FormatLabel {
  /** More descriptors than that are no volume descriptor set but an endless loop for a reader. */
  private static final int MAX_DESCRIPTORS = 64;

  private static final Pattern D_CHARACTERS = Pattern.compile("[A-Z0-9_]*");

  private final List<Block> descriptors;
  private final @Nullable String refusal;
  private final boolean checksum;

  private IsoLabel(List<Block> descriptors, @Nullable String refusal, boolean checksum) {
    this.descriptors = List.copyOf(descriptors);
    this.refusal = refusal;
    this.checksum = checksum;
  }

  /** The label of a medium, or null where there is no volume descriptor set. STORE_FAILED. */
  static @Nullable IsoLabel read(Sectors sectors) throws StorageException {
    List<Block> named = new ArrayList<>();
    int count = 0;
    long offset = IsoLayout.FIRST_OFFSET;
    for (; count < MAX_DESCRIPTORS; count++, offset += IsoLayout.SECTOR_BYTES) {
      Block sector = sectors.read(offset, IsoLayout.SECTOR_BYTES);
      if (sector == null
          || !IsoLayout.standard(sector)
          || IsoLayout.type(sector) == IsoLayout.TERMINATOR) {
        break;
      }
      if (IsoLayout.named(sector)) {
        named.add(sector);
      }
    }
    return count == 0
        ? null
        : new IsoLabel(named, fault(named, count), IsoChecksum.present(sectors, named, offset));
  }

  private static @Nullable String fault(List<Block> named, int count) {
    if (count == MAX_DESCRIPTORS) {
      return "the volume descriptors of ISO 9660 have no end within " + MAX_DESCRIPTORS;
    }
    if (named.stream().noneMatch(sector -> IsoLayout.type(sector) == IsoLayout.PRIMARY)) {
      return "the primary volume descriptor of ISO 9660 is missing";
    }
    if (named.stream().anyMatch(IsoLayout::foreign)) {
      return "a supplementary volume descriptor of ISO 9660 is in a character set that is not"
          + " known here";
    }
    return null;
  }

  @Override
  public List<FoundFormat> formats() {
    List<FoundFormat> found = new ArrayList<>();
    Block primary = null;
    Block joliet = null;
    for (Block sector : descriptors) {
      if (primary == null && IsoLayout.type(sector) == IsoLayout.PRIMARY) {
        primary = sector;
      } else if (joliet == null && IsoLayout.joliet(sector)) {
        joliet = sector;
      }
    }
    found.add(format(FoundFormat.Kind.ISO_9660, primary));
    if (joliet != null) {
      found.add(format(FoundFormat.Kind.JOLIET, joliet));
    }
    return found;
  }

  private static FoundFormat format(FoundFormat.Kind kind, @Nullable Block sector) {
    if (sector == null) {
      return new FoundFormat(kind, "", null);
    }
    byte[] created = sector.bytes(IsoLayout.CREATED_OFFSET, IsoTime.BYTES);
    return new FoundFormat(kind, IsoLayout.identifier(sector), IsoTime.decode(created));
  }

  @Override
  public @Nullable String refusal() {
    return refusal;
  }

  @Override
  public @Nullable String misfit(String identifier) {
    int most = descriptors.stream().mapToInt(IsoLayout::maxLength).min().orElse(0);
    if (identifier.length() <= most) {
      return null;
    }
    String format = descriptors.stream().anyMatch(IsoLayout::joliet) ? "Joliet" : "ISO 9660";
    return "a volume identifier of "
        + format
        + " has at most "
        + most
        + " characters, got "
        + identifier.length()
        + " in "
        + identifier;
  }

  @Override
  public List<String> warnings(String identifier) {
    List<String> warnings = new ArrayList<>();
    if (!D_CHARACTERS.matcher(identifier).matches()) {
      warnings.add(
          "a volume identifier of ISO 9660 is made of A to Z, 0 to 9 and _; "
              + identifier
              + " is written as it stands, which common readers show");
    }
    if (checksum) {
      warnings.add(
          "the medium carries a checksum of itself that covers the label; a check of the"
              + " duplicate against it will fail");
    }
    return warnings;
  }

  @Override
  public List<Block> descriptors() {
    return descriptors;
  }

  @Override
  public List<Patch> patches(String identifier, Instant created) {
    List<Patch> patches = new ArrayList<>();
    for (Block sector : descriptors) {
      Block changed = sector.copy();
      IsoLayout.putIdentifier(changed, identifier);
      changed.put(IsoLayout.CREATED_OFFSET, IsoTime.encode(created));
      patches.add(changed.patch());
    }
    return patches;
  }
}
