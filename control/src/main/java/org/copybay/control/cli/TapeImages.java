package org.copybay.control.cli;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.interchange.TapeFormat;
import org.copybay.volumes.interchange.TapeTally;
import org.copybay.volumes.interchange.TapeWriter;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;

/**
 * The image of a cartridge in a mount, as any program sees it, from and to the formats of others.
 *
 * @param barcode of the cartridge
 */
record TapeImages(ControlFiles bay, String barcode) {
  private static final String PREFIX = "tapes/";
  private static final int BUFFER_BYTES = 1 << 20;

  /** The cartridge that a name means, tapes/BARCODE, or null: it means something else. */
  static @Nullable String barcode(String name) {
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : null;
  }

  /** A format that cartridges are exported in. */
  enum Format {
    TAP,
    AWS,
    TAR;

    /** The format of a word, or of the name of a file; SIMH where that says nothing. */
    static Format of(@Nullable String word, Path file) throws StorageException {
      String name = file.toString().toLowerCase(Locale.ROOT);
      for (Format each : values()) {
        String wanted = each.name().toLowerCase(Locale.ROOT);
        if (word == null ? name.endsWith("." + wanted) : word.equals(wanted)) {
          return each;
        }
      }
      if (word != null) {
        throw new StorageException(
            Fault.BAD_REQUEST, "no format " + Words.word(word), "tap, aws or tar");
      }
      return TAP;
    }
  }

  private Path image() {
    return bay.mountPoint().resolve("tapes").resolve(barcode);
  }

  private String shown() {
    return PREFIX + Words.word(barcode);
  }

  /** NOT_FOUND, with a near name. */
  void require() throws StorageException {
    bay.require("cartridge", barcode, "tape", "media");
  }

  /** Bytes of the image. */
  long size() throws StorageException {
    try {
      return Files.size(image());
    } catch (IOException e) {
      throw bay.failure("look at " + image(), e);
    }
  }

  // ---- export

  /** Writes the cartridge to a stream, which stays open. UNSUPPORTED, NO_SPACE, STORE_FAILED. */
  TapeTally write(Format format, OutputStream out, LongConsumer reached) throws StorageException {
    TapeWriter writer =
        switch (format) {
          case TAP -> TapeWriter.simh(out);
          case AWS -> TapeWriter.awstape(out);
          case TAR ->
              TapeWriter.tar(out, bay.text("tape", "media", barcode, "status.json"), modified());
        };
    try (InputStream in = new Counted(Files.newInputStream(image()), reached)) {
      TapeTally tally = TapeFormat.SIMH.read(in, TapeFormat.MAX_RECORD_BYTES, writer);
      writer.finish();
      return tally;
    } catch (IOException e) {
      throw bay.failure("read " + image(), e);
    }
  }

  /** When something was written to it last, or when it was made. */
  private Instant modified() throws StorageException {
    Facts facts = bay.status("tape", "media", barcode);
    String written = facts.word("written");
    String time = written.equals("-") ? facts.word("created") : written;
    try {
      return Instant.parse(time);
    } catch (DateTimeParseException e) {
      throw new StorageException(
          Fault.CORRUPT, "wanted the time of the last write to " + shown() + ", got " + time);
    }
  }

  // ---- import

  /** EXISTS for a barcode that a cartridge has. */
  void requireNew() throws StorageException {
    if (bay.names("tape", "media").contains(barcode)) {
      throw new StorageException(
          Fault.EXISTS,
          "there is a cartridge " + Words.word(barcode),
          "another barcode, or copybay ctl tape destroy " + CtlLine.keyed("barcode", barcode));
    }
  }

  /**
   * Makes the cartridge of an image of any format. All of it or nothing: the image that goes into
   * the mount says that it is none without its end, should this program end before.
   */
  TapeTally read(InputStream stream, LongConsumer reached) throws StorageException {
    InputStream in = new BufferedInputStream(new Counted(stream, reached), BUFFER_BYTES);
    TapeFormat format = TapeFormat.detect(in);
    OwnErrors errors = OwnErrors.of(bay);
    long before = errors.newest();
    boolean writing = false;
    try (Noted out = new Noted(open())) {
      TapeTally tally;
      try {
        TapeWriter writer = TapeWriter.simhThatEnds(out);
        tally = format.read(in, TapeFormat.MAX_RECORD_BYTES, writer);
        writer.finish();
      } finally {
        writing = out.failed;
      }
      writing = true; // its close makes the cartridge
      out.close();
      return tally;
    } catch (IOException e) {
      throw said(errors, before, FileFailure.of("write " + image(), e));
    } catch (StorageException e) {
      throw writing ? said(errors, before, e) : e;
    }
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(image(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** The error of the mount in the words of the bay. */
  private static StorageException said(OwnErrors errors, long before, StorageException plain)
      throws StorageException {
    String sentence = errors.since(before);
    if (sentence == null) {
      return plain;
    }
    String[] lines = sentence.split("\n", -1);
    String last = lines[lines.length - 1];
    String remedy = last.startsWith("try: ") ? last.substring("try: ".length()) : null;
    return new StorageException(plain.fault(), Objects.requireNonNull(lines[0]), remedy, plain);
  }

  /** What came and went, in words. */
  static String told(TapeTally tally) {
    String text = tally.records() + " records and " + tally.marks() + " filemarks";
    if (tally.damaged() > 0) {
      text += ", " + tally.damaged() + " records marked as damaged";
    }
    if (tally.leftOut() > 0) {
      text += "; left out " + tally.leftOut() + " objects of which a tape knows nothing";
    }
    return text;
  }

  /** A stream that notes whether it was the one that failed. */
  private static final class Noted extends OutputStream {
    private final OutputStream out;
    private boolean failed;
    private boolean closed;

    Noted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int at, int length) throws IOException {
      failed = true;
      out.write(bytes, at, length);
      failed = false;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        out.close();
      }
    }
  }

  /** A stream that tells how far it was read. */
  private static final class Counted extends FilterInputStream {
    private final LongConsumer reached;
    private long at;

    Counted(InputStream in, LongConsumer reached) {
      super(in);
      this.reached = reached;
    }

    @Override
    public int read(byte[] into, int offset, int most) throws IOException {
      int got = super.read(into, offset, most);
      at += Math.max(0, got);
      reached.accept(at);
      return got;
    }
  }
}
