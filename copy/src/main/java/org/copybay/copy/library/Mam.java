package org.copybay.copy.library;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.copy.library.MamAttribute.Form;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/**
 * The medium auxiliary memory of cartridges: what the library knows of one, and what programs left
 * with it. Any thread may call.
 */
public final class Mam {
  private static final long MIB = 1 << 20;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int NUMBER = Long.BYTES;

  static final List<MamAttribute> KNOWN =
      List.of(
          new MamAttribute(0x0000, "remaining capacity MiB", NUMBER, Form.BINARY, false),
          new MamAttribute(0x0001, "maximum capacity MiB", NUMBER, Form.BINARY, false),
          new MamAttribute(0x0003, "load count", NUMBER, Form.BINARY, false),
          new MamAttribute(0x0006, "formatted density", 1, Form.BINARY, false),
          new MamAttribute(0x0007, "initialization count", 2, Form.BINARY, false),
          new MamAttribute(0x0400, "manufacturer", 8, Form.ASCII, false),
          new MamAttribute(0x0401, "serial number", 32, Form.ASCII, false),
          new MamAttribute(0x0405, "medium density", 1, Form.BINARY, false),
          new MamAttribute(0x0406, "manufacture date", 8, Form.ASCII, false),
          new MamAttribute(0x0408, "medium type", 1, Form.BINARY, false),
          new MamAttribute(0x0804, "last written", 12, Form.ASCII, false),
          new MamAttribute(0x0806, "barcode", 32, Form.ASCII, false),
          new MamAttribute(0x0803, "user label", 160, Form.TEXT, false),
          new MamAttribute(0x0808, "media pool", 160, Form.TEXT, false),
          new MamAttribute(0x0800, "application vendor", 8, Form.ASCII, true),
          new MamAttribute(0x0801, "application name", 32, Form.ASCII, true),
          new MamAttribute(0x0802, "application version", 8, Form.ASCII, true),
          new MamAttribute(0x0805, "localization", 1, Form.BINARY, true),
          new MamAttribute(0x0807, "owning host", 80, Form.TEXT, true),
          new MamAttribute(0x080b, "application format version", 16, Form.ASCII, true),
          new MamAttribute(0x080c, "volume coherency", 0, Form.BINARY, true));

  private final Tapes tapes;

  Mam(Tapes tapes) {
    this.tapes = tapes;
  }

  /**
   * One value.
   *
   * @param attribute what it is of
   * @param bytes of it
   */
  public record Value(MamAttribute attribute, List<Byte> bytes) {
    static Value of(MamAttribute attribute, byte[] bytes) {
      List<Byte> list = new ArrayList<>();
      for (byte each : bytes) {
        list.add(each);
      }
      return new Value(attribute, list);
    }

    private byte[] array() {
      byte[] array = new byte[bytes.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = bytes.get(i);
      }
      return array;
    }

    /** What the bytes say. */
    public String text() {
      return attribute.text(array());
    }

    /** The bytes in hexadecimal digits. */
    public String hex() {
      return HexFormat.of().formatHex(array());
    }
  }

  /** All of a cartridge, by id. */
  public List<Value> all(TapeCartridge cartridge) throws StorageException {
    Map<Integer, Value> values = new TreeMap<>();
    for (MamAttribute each : KNOWN) {
      if (!each.byHost()) {
        values.put(each.id(), Value.of(each, each.bytes(known(each.id(), cartridge))));
      }
    }
    Map<Integer, byte[]> given =
        tapes.bay().catalogue().read(connection -> TapeTable.mam(connection, cartridge.barcode()));
    for (Map.Entry<Integer, byte[]> each : given.entrySet()) {
      MamAttribute attribute = MamAttribute.ofHost(each.getKey());
      values.put(each.getKey(), Value.of(attribute, each.getValue()));
    }
    return values.values().stream()
        .sorted(Comparator.comparing((Value each) -> each.attribute().id()))
        .toList();
  }

  private static byte[] known(int id, TapeCartridge cartridge) {
    TapeRecord row = cartridge.row();
    Contents contents = cartridge.contents();
    return switch (id) {
      case 0x0000 -> number(Math.max(0, row.capacity() - contents.bytes()) / MIB);
      case 0x0001 -> number(row.capacity() / MIB);
      case 0x0003 -> number(row.loads());
      case 0x0006, 0x0405 -> new byte[] {(byte) row.media().density()};
      case 0x0007 -> new byte[] {(byte) (contents.lives() >> 8), (byte) contents.lives()};
      case 0x0400 -> ascii("COPYBAY");
      case 0x0401 -> ascii(row.id().toString().replace("-", ""));
      case 0x0406 -> ascii(DATE.format(row.created()));
      case 0x0408 ->
          new byte[] {
            switch (row.kind()) {
              case DATA -> 0;
              case CLEANING -> 1;
              case WORM -> (byte) 0x80;
            }
          };
      case 0x0804 -> ascii(minute(contents.written()));
      case 0x0806 -> ascii(row.barcode());
      case 0x0803 -> row.medium().label().getBytes(StandardCharsets.UTF_8);
      case 0x0808 -> row.medium().pool().getBytes(StandardCharsets.UTF_8);
      default -> throw new IllegalStateException("attribute " + id);
    };
  }

  private static String minute(@Nullable Instant time) {
    return time == null ? "" : MINUTE.format(time);
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(NUMBER).putLong(value).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Checks {@link #set}, changing nothing. BAD_REQUEST, FORBIDDEN. */
  public void requireSet(int id, byte[] value) throws StorageException {
    tapes.bay().requireChangeable();
    MamAttribute.ofHost(id).bytes(value);
  }

  /** Leaves a value with a cartridge; of no bytes, takes it away. */
  public void set(TapeCartridge cartridge, int id, byte[] value, Catalogue.Change also)
      throws StorageException {
    requireSet(id, value);
    byte[] bytes = value.length == 0 ? value : MamAttribute.ofHost(id).bytes(value);
    tapes
        .bay()
        .catalogue()
        .change(
            connection -> {
              TapeTable.putMam(connection, cartridge.barcode(), id, bytes);
              also.run(connection);
            });
  }
}
