package org.copybay.copy.library;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The attributes of medium auxiliary memory (MAM) that a cartridge can have, with the length that
 * SCSI gives them (SPC-4, "Medium auxiliary memory attributes"). Others of a host's own have the
 * length that they were given.
 *
 * @param id from 0 to FFFF
 * @param name of it in texts
 * @param length bytes, or 0: as many as it was given
 * @param form how its bytes are to be understood
 * @param byHost whether a program may set it; the others the library knows by itself
 */
public record MamAttribute(int id, String name, int length, Form form, boolean byHost) {
  /** How bytes are understood. */
  public enum Form {
    /** A number, most significant byte first, or just bytes. */
    BINARY,
    /** ASCII, filled with blanks. */
    ASCII,
    /** Text, filled with zeros. */
    TEXT
  }

  /** The first id of what a host may set, and the first behind. */
  private static final int HOST_BEGIN = 0x0800;

  private static final int HOST_END = 0x0c00;
  private static final int OWN_BEGIN = 0x1400;
  private static final int OWN_END = 0x1800;
  private static final int MAX_BYTES = 1024;

  /** The attribute of that id that a host sets. BAD_REQUEST, FORBIDDEN. */
  static MamAttribute ofHost(int id) throws StorageException {
    for (MamAttribute each : Mam.KNOWN) {
      if (each.id == id && !each.byHost) {
        throw new StorageException(
            Fault.FORBIDDEN,
            String.format("attribute %04x (%s) is the library's: nobody sets it", id, each.name),
            "one from 0800 to 0bff");
      }
      if (each.id == id) {
        return each;
      }
    }
    boolean free = (id >= HOST_BEGIN && id < HOST_END) || (id >= OWN_BEGIN && id < OWN_END);
    if (!free) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          String.format("a program sets attributes 0800 to 0bff and 1400 to 17ff, got %04x", id),
          "id=0801");
    }
    return new MamAttribute(id, "host attribute", 0, Form.BINARY, true);
  }

  /** The bytes of a text, filled up to the length. BAD_REQUEST when it is too long. */
  byte[] bytes(byte[] given) throws StorageException {
    int most = length == 0 ? MAX_BYTES : length;
    if (given.length > most) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          String.format("attribute %04x has at most %d bytes, got %d", id, most, given.length));
    }
    if (length == 0) {
      return given;
    }
    byte[] filled = Arrays.copyOf(given, length);
    if (form == Form.ASCII) {
      Arrays.fill(filled, given.length, length, (byte) ' ');
    }
    return filled;
  }

  /** What the bytes say. */
  String text(byte[] bytes) {
    if (form != Form.BINARY) {
      return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ').stripTrailing();
    }
    return bytes.length == Long.BYTES
        ? String.valueOf(ByteBuffer.wrap(bytes).getLong())
        : HexFormat.of().formatHex(bytes);
  }
}
