package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/**
 * The files of a medium and the places of their data, as its directories were read once. It tells
 * damage that costs some files from damage that costs the medium: of a damaged sector there are the
 * files with data in it, or it belongs to the structure that leads to files.
 *
 * <p>Of a medium with several trees each file has one name: that of UDF, else of Joliet, else of
 * Rock Ridge, else of ISO 9660 without its version. A file that only one of the later trees knows
 * is listed with its name there. What one tree has as data and another as structure is structure.
 * Data that stands in a file entry of UDF is structure too, as the two cannot be told apart.
 * Immutable.
 */
public final class MediumFiles {
  /** Stands for the bytes of a medium that are neither structure nor data of a file. */
  public static final String UNALLOCATED = "(no file)";

  private final long size;
  private final List<MediumFile> files;
  private final FilePlaces places;
  private final ExtentSet structure;

  private MediumFiles(long size, List<MediumFile> files, FilePlaces places, ExtentSet structure) {
    this.size = size;
    this.files = List.copyOf(files);
    this.places = places;
    this.structure = structure;
  }

  /**
   * Reads the directories of a medium of so many bytes. The data of files is not needed, so damage
   * in it is no error.
   *
   * @throws StorageException errors of the image, STORE_FAILED and CORRUPT, where a directory or
   *     another structure cannot be read; CORRUPT where one is damaged, or says more than any
   *     medium holds; UNSUPPORTED where directories of that kind are not read here
   */
  public static MediumFiles read(Image image, long size) throws StorageException {
    Sectors sectors = new Sectors(image, size);
    FoundFiles found = new FoundFiles(size);
    boolean udf;
    try {
      udf = UdfTree.read(sectors, found);
    } catch (RefusalException e) {
      throw new StorageException(Fault.CORRUPT, "cannot read the directories: " + e.sentence());
    }
    boolean iso = IsoTrees.read(sectors, found);
    if (!udf && !iso) {
      found.file("", "", size, List.of(new Extent(0, size)));
      found.endTree();
    }
    return new MediumFiles(size, found.files(), found.places(), found.structure());
  }

  /**
   * All files, no directories, in the order of the directories; links to one file are all listed. A
   * medium without a known format is one file "/".
   */
  public List<MediumFile> all() {
    return files;
  }

  /**
   * The paths of the files with data in a range of the medium, in the order of the data, and {@link
   * #UNALLOCATED} where the range has bytes that are neither data nor structure. Empty where all of
   * it is structure. The rest of the last block of a file counts as its data.
   */
  public List<String> filesAt(Extent range) {
    Set<String> paths = new LinkedHashSet<>();
    for (Extent piece : structure.missing(inMedium(range))) {
      for (int file : places.at(piece)) {
        paths.add(files.get(file).path());
      }
      if (!places.covered().missing(piece).isEmpty()) {
        paths.add(UNALLOCATED);
      }
    }
    return new ArrayList<>(paths);
  }

  /** Whether any byte of a range of the medium is structure. */
  public boolean structureAt(Extent range) {
    return !structure.missing(inMedium(range)).equals(ExtentSet.pieces(range));
  }

  private Extent inMedium(Extent range) {
    if (range.end() > size) {
      throw new IllegalArgumentException("range=" + range + " must lie in " + size + " bytes");
    }
    return range;
  }
}
