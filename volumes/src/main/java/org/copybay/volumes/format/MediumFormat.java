package org.copybay.volumes.format;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * The formats of a medium with the descriptors that its label stands in, as they were read once.
 *
 * <p>A duplicate is the medium with another volume identifier and another time of creation: whoever
 * makes one copies all but the {@link #extents}, and writes the patches of {@link #relabel} there
 * when all else is in place. Until then common readers find no label. Nothing but descriptors
 * differs, and in them nothing but identifier, time and checksums. A medium without a known format
 * has no label, no extents and no patches. Immutable.
 */
public final class MediumFormat {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Z0-9._-]+");
  private static final int MAX_YEAR = 9999;

  private final List<FormatLabel> labels;
  private final @Nullable String refusal;

  private MediumFormat(List<FormatLabel> labels, @Nullable String refusal) {
    this.labels = List.copyOf(labels);
    this.refusal = refusal;
  }

  /**
   * Reads what a medium of so many bytes holds: some thirty sectors of a sound one, and at most a
   * few thousand, whatever they say. Errors are those of the image, STORE_FAILED and CORRUPT; a
   * damaged format is no error but a {@link #refusal}.
   */
  public static MediumFormat read(Image image, long size) throws StorageException {
    Sectors sectors = new Sectors(image, size);
    List<FormatLabel> labels = new ArrayList<>();
    FormatLabel iso = IsoLabel.read(sectors);
    if (iso != null) {
      labels.add(iso);
    }
    FormatLabel udf = UdfLabel.read(sectors);
    if (udf != null) {
      labels.add(udf);
    }
    String refusal =
        !labels.isEmpty() && AppleVolume.present(sectors)
            ? "the medium is a volume of HFS too, which has a name of its own"
            : labels.stream()
                .map(FormatLabel::refusal)
                .filter(why -> why != null)
                .findFirst()
                .orElse(null);
    return new MediumFormat(labels, refusal);
  }

  /** The formats that were found, in the order of their descriptors; none of them twice. */
  public List<FoundFormat> formats() {
    return labels.stream().flatMap(label -> label.formats().stream()).toList();
  }

  /** The formats as a phrase, such as "ISO 9660 with Joliet", or "no known format". */
  public String name() {
    String name =
        labels.stream()
            .map(
                label ->
                    label.formats().stream()
                        .map(format -> format.kind().toString())
                        .collect(Collectors.joining(" with ")))
            .collect(Collectors.joining(" and "));
    return name.isEmpty() ? "no known format" : name;
  }

  /** Why the label cannot be changed, as a sentence, or null where it can be or there is none. */
  public @Nullable String refusal() {
    return refusal;
  }

  /** The whole sectors that a relabelling fills, by offset; none where it is refused. */
  public List<Extent> extents() {
    return refusal != null
        ? List.of()
        : labels.stream()
            .flatMap(label -> label.extents().stream())
            .sorted(Comparator.comparingLong(Extent::offset))
            .toList();
  }

  /**
   * What one should know before giving the medium an identifier that {@link #require} takes, as
   * sentences.
   */
  public List<String> warnings(String identifier) {
    return labels.stream().flatMap(label -> label.warnings(identifier).stream()).toList();
  }

  /**
   * Refuses an identifier that the medium cannot show whole in every place. A medium without a
   * known format takes any.
   *
   * @param identifier characters A to Z, 0 to 9, dash, dot and underscore
   * @throws StorageException UNSUPPORTED where {@link #refusal} has a sentence, BAD_REQUEST where
   *     the identifier does not fit
   */
  public void require(String identifier) throws StorageException {
    if (labels.isEmpty()) {
      return;
    }
    if (refusal != null) {
      throw new StorageException(
          Fault.UNSUPPORTED, "cannot change the label of " + name() + ": " + refusal);
    }
    if (!IDENTIFIER.matcher(identifier).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a volume identifier has the characters A-Z 0-9 - . _ here, got "
              + Words.quote(identifier));
    }
    for (FormatLabel label : labels) {
      String misfit = label.misfit(identifier);
      if (misfit != null) {
        throw new StorageException(Fault.BAD_REQUEST, misfit);
      }
    }
  }

  /**
   * What to write to give the medium that label: one patch for each of the {@link #extents}, in
   * their order. The patches depend on the medium, the identifier and the time alone.
   *
   * @param identifier as for {@link #require}
   * @param created of the years 1 to 9999, shown in UTC; ISO 9660 keeps hundredths of a second, UDF
   *     microseconds
   * @throws StorageException as {@link #require} does
   */
  public List<Patch> relabel(String identifier, Instant created) throws StorageException {
    require(identifier);
    int year = created.atOffset(ZoneOffset.UTC).getYear();
    if (year < 1 || year > MAX_YEAR) {
      throw new IllegalArgumentException("created=" + created + " must be of the years 1 to 9999");
    }
    return labels.stream()
        .flatMap(label -> label.patches(identifier, created).stream())
        .sorted(Comparator.comparingLong(Patch::offset))
        .toList();
  }
}
