package org.copybay.volumes.interchange;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.StorageException;

/** The objects of a tape in memory, as they were told or are to be told. */
final class Tape implements TapeSink {
  static final int LIMIT = TapeFormat.MAX_RECORD_BYTES;
  static final String MANIFEST = "{\"barcode\": \"ABC001L6\"}";
  static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");

  final List<Item> items = new ArrayList<>();
  String manifest;

  /** A record, or a filemark where there are no bytes. */
  record Item(ByteBuffer bytes, boolean damaged) {
    @Override
    public String toString() {
      return bytes.hasRemaining() ? bytes.remaining() + " bytes, damaged=" + damaged : "mark";
    }
  }

  @Override
  public void manifest(String text) {
    manifest = text;
  }

  @Override
  public void record(ByteBuffer bytes, boolean damaged) {
    items.add(new Item(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip(), damaged));
  }

  @Override
  public void mark() {
    items.add(new Item(ByteBuffer.allocate(0), false));
  }

  Tape text(String... records) {
    for (String text : records) {
      record(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), false);
    }
    return this;
  }

  Tape marks(int count) {
    for (int i = 0; i < count; i++) {
      mark();
    }
    return this;
  }

  /** What the programs of others were seen to show of the images of all formats. */
  static Tape example() {
    return new Tape().text("HELLO", "ABCD").marks(1).text("X").marks(2);
  }

  /** Records of these sizes in any order, and filemarks between some of them. */
  static Tape random(long seed, boolean damage, int... sizes) {
    Random random = new Random(seed);
    Tape tape = new Tape();
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      tape.record(ByteBuffer.wrap(bytes), damage && random.nextInt(4) == 0);
      tape.marks(random.nextInt(3));
    }
    return tape;
  }

  byte[] image(TapeFormat format) throws StorageException {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    TapeWriter writer =
        switch (format) {
          case SIMH -> TapeWriter.simh(image);
          case AWSTAPE -> TapeWriter.awstape(image);
          case TAR -> TapeWriter.tar(image, MANIFEST, NOW);
        };
    tell(writer);
    writer.finish();
    return image.toByteArray();
  }

  void tell(TapeWriter writer) throws StorageException {
    boolean direct = false;
    for (Item item : items) {
      if (!item.bytes().hasRemaining()) {
        writer.mark();
      } else {
        writer.record(direct ? direct(item.bytes()) : item.bytes(), item.damaged());
      }
      direct = !direct;
    }
  }

  private static ByteBuffer direct(ByteBuffer bytes) {
    int front = 3;
    return ByteBuffer.allocateDirect(front + bytes.remaining())
        .position(front)
        .put(bytes.duplicate())
        .position(front);
  }

  /** What an image tells, also when that ends with an exception. */
  TapeTally read(TapeFormat format, byte[] image) throws StorageException {
    return format.read(trickle(image), LIMIT, this);
  }

  static List<Item> items(TapeFormat format, byte[] image) throws StorageException {
    Tape tape = new Tape();
    tape.read(format, image);
    return tape.items;
  }

  /** A stream that gives fewer bytes than asked for, as pipes do. */
  private static InputStream trickle(byte[] image) {
    return new ByteArrayInputStream(image) {
      @Override
      public synchronized int read(byte[] into, int at, int most) {
        return super.read(into, at, Math.min(most, 4097));
      }
    };
  }

  /** Bytes from digits, spaces between them as one likes. */
  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }
}
