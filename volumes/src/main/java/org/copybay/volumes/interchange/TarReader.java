package org.copybay.volumes.interchange;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * Reads a cartridge from a tar file; see {@link TarLayout}. Objects stand in their order. Other
 * files may stand between them and are left out, so may directories. Files with holes may not: they
 * can say to have any length. One thread.
 */
final class TarReader {
  private final HeaderInput image;
  private final TarArchiveInputStream tar;
  private final int limitBytes;
  private final Teller teller;
  private final RecordBytes bytes = new RecordBytes();

  TarReader(InputStream stream, int limitBytes, Teller teller) {
    image = new HeaderInput(new BufferedInputStream(stream, 1 << 16));
    tar = new TarArchiveInputStream(image, TarLayout.BLOCKED_BYTES, "UTF-8");
    this.limitBytes = limitBytes;
    this.teller = teller;
  }

  void read() throws StorageException {
    manifest();
    while (true) {
      TarArchiveEntry entry = next();
      if (entry == null) {
        throw Damage.cut(image.offset(), TarLayout.name(teller.told(), TarLayout.END));
      }
      String name = name(entry);
      if (entry.isDirectory()) {
        continue;
      }
      if (!name.startsWith("t/")) {
        skip();
        teller.leaveOut();
      } else if (object(entry, name)) {
        return;
      }
    }
  }

  private void manifest() throws StorageException {
    TarArchiveEntry entry = next();
    while (entry != null && entry.isDirectory()) {
      entry = next();
    }
    if (entry == null || !name(entry).equals(TarLayout.MANIFEST)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "no tar of a cartridge: wanted the file cartridge.json first, got "
              + (entry == null ? "no file" : shown(entry)));
    }
    load(entry, TarLayout.MANIFEST, TarLayout.MAX_MANIFEST_BYTES);
    teller.manifest(new String(bytes.array(), 0, bytes.length(), StandardCharsets.UTF_8));
  }

  /** Tells the object of an entry; true where it was the end of all. */
  private boolean object(TarArchiveEntry entry, String name) throws StorageException {
    long number = teller.told();
    if (name.equals(TarLayout.name(number, TarLayout.RECORD))) {
      record(entry, name);
      return false;
    }
    boolean end = name.equals(TarLayout.name(number, TarLayout.END));
    if (!end && !name.equals(TarLayout.name(number, TarLayout.MARK))) {
      throw Damage.at(
          image.offset(),
          "object " + number + ", as in " + TarLayout.name(number, TarLayout.RECORD),
          shown(entry));
    }
    requirePlain(entry, name);
    if (entry.getSize() != 0) {
      throw Damage.at(image.offset(), name + " without bytes", entry.getSize() + " bytes");
    }
    if (!end) {
      teller.mark();
    }
    return end;
  }

  private void record(TarArchiveEntry entry, String name) throws StorageException {
    long begin = image.offset();
    if (entry.getSize() > limitBytes) {
      throw Damage.tooLong(begin, entry.getSize(), limitBytes);
    }
    load(entry, name, limitBytes);
    if (bytes.length() == 0) {
      throw Damage.at(begin, name + " of one byte or more", "none");
    }
    String crc = entry.getExtraPaxHeader(TarLayout.CRC32C_KEY);
    if (crc != null) {
      TarLayout.requireCrc32c(name, crc, bytes.buffer(), begin);
    }
    teller.record(bytes, entry.getExtraPaxHeader(TarLayout.DAMAGED_KEY) != null);
  }

  /** Takes all bytes of the entry. */
  private void load(TarArchiveEntry entry, String name, int most) throws StorageException {
    requirePlain(entry, name);
    bytes.clear();
    while (true) {
      int room = bytes.room();
      int got = fetch(bytes.array(), bytes.length(), room);
      if (got <= 0) {
        return;
      }
      bytes.added(got);
      if (bytes.length() > most) {
        throw Damage.at(image.offset(), name + " of at most " + most + " bytes", "more");
      }
    }
  }

  private void requirePlain(TarArchiveEntry entry, String name) throws StorageException {
    byte type = entry.getLinkFlag();
    if (type != TarConstants.LF_NORMAL && type != TarConstants.LF_OLDNORM) {
      throw Damage.at(image.offset(), name + " as a plain file", "an entry of type " + type);
    }
  }

  private void skip() throws StorageException {
    do {
      bytes.clear();
    } while (fetch(bytes.array(), 0, bytes.room()) > 0);
  }

  private int fetch(byte[] into, int offset, int most) throws StorageException {
    image.endHeaders();
    try {
      return tar.read(into, offset, most);
    } catch (IOException | RuntimeException e) {
      throw failure("the bytes of an entry", e);
    }
  }

  private @Nullable TarArchiveEntry next() throws StorageException {
    image.beginHeaders();
    TarArchiveEntry entry;
    try {
      entry = tar.getNextEntry();
    } catch (IOException | RuntimeException e) {
      throw failure("the headers of an entry", e);
    }
    if (entry != null && !entry.isCheckSumOK()) {
      throw Damage.at(image.offset(), "a header with its checksum", "another checksum");
    }
    if (entry != null && entry.isSparse()) {
      throw Damage.at(image.offset(), "files without holes", shown(entry) + ", which is sparse");
    }
    return entry;
  }

  /** The library throws one kind of error for a stream that fails and for bytes that are wrong. */
  private StorageException failure(String wanted, Exception e) {
    StorageException ofStream = image.failure();
    return ofStream != null
        ? ofStream
        : Damage.at(
            image.offset(),
            wanted,
            "what cannot be read: " + Words.oneLine(TarLayout.shortened("" + e.getMessage())),
            e);
  }

  private static String shown(TarArchiveEntry entry) {
    return Words.quote(TarLayout.shortened(name(entry)));
  }

  /** As it was written, also where somebody packed the files again from their directory. */
  private static String name(TarArchiveEntry entry) {
    String name = entry.getName();
    return name.startsWith("./") ? name.substring(2) : name;
  }
}
