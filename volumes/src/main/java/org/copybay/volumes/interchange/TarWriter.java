package org.copybay.volumes.interchange;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Writes a cartridge as a tar file; see {@link TarLayout}. One thread. */
final class TarWriter implements TapeWriter {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final OutputStream image;
  private final TarArchiveOutputStream tar;
  private final FileTime modified;
  private long number;

  TarWriter(OutputStream stream, String manifest, Instant modified) throws StorageException {
    this.modified = FileTime.from(modified.truncatedTo(ChronoUnit.SECONDS));
    image = new BufferedOutputStream(stream, 1 << 16);
    tar = new TarArchiveOutputStream(image, TarLayout.BLOCKED_BYTES, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    byte[] text = manifest.getBytes(StandardCharsets.UTF_8);
    if (text.length > TarLayout.MAX_MANIFEST_BYTES) {
      throw new StorageException(
          Fault.TOO_LONG,
          String.format(
              "the manifest is too long: wanted at most %d bytes, got %d",
              TarLayout.MAX_MANIFEST_BYTES, text.length));
    }
    write(new TarArchiveEntry(TarLayout.MANIFEST), ByteBuffer.wrap(text));
  }

  @Override
  public void record(ByteBuffer bytes, boolean damaged) throws StorageException {
    ImageOutput.requireLength(
        bytes,
        number,
        "a tar of a cartridge",
        TapeFormat.MAX_RECORD_BYTES,
        "write shorter records");
    TarArchiveEntry entry = object(TarLayout.RECORD);
    entry.addPaxHeader(TarLayout.CRC32C_KEY, TarLayout.crc32c(bytes));
    if (damaged) {
      entry.addPaxHeader(TarLayout.DAMAGED_KEY, "1");
    }
    write(entry, bytes);
  }

  @Override
  public void mark() throws StorageException {
    write(object(TarLayout.MARK), NOTHING);
  }

  @Override
  public void finish() throws StorageException {
    write(object(TarLayout.END), NOTHING);
    try {
      tar.finish();
      image.flush();
    } catch (IOException e) {
      throw ImageOutput.failure(e);
    }
  }

  private TarArchiveEntry object(String kind) {
    return new TarArchiveEntry(TarLayout.name(number++, kind));
  }

  /** All entries are alike but for their name and bytes, whoever writes them. */
  private void write(TarArchiveEntry entry, ByteBuffer bytes) throws StorageException {
    entry.setIds(0, 0);
    entry.setNames("", "");
    entry.setLastModifiedTime(modified);
    entry.setSize(bytes.remaining());
    try {
      tar.putArchiveEntry(entry);
      ImageOutput.copy(bytes, tar);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw ImageOutput.failure(e);
    }
  }
}
