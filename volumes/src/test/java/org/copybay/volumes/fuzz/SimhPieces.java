package org.copybay.volumes.fuzz;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.SimhParser;
import org.copybay.volumes.interchange.TapeFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SIMH image that comes in pieces, as an input says. The first byte says in its bits 0 to 3 how
 * many lengths follow, a byte each, and in bit 4 whether the pieces come in direct buffers. The
 * rest is the image. The lengths are taken in turn; without any, it comes as one piece.
 */
final class SimhPieces {
  private static final int MOST_LENGTHS = 15;
  private static final int DIRECT = 16;

  private final boolean direct;
  private final byte[] lengths;
  private final byte[] image;
  private final Told told = new Told();
  private final SimhParser parser = new SimhParser(Told.LIMIT_BYTES, told);

  private SimhPieces(byte[] input) {
    direct = (input[0] & DIRECT) != 0;
    int count = Math.min(input[0] & MOST_LENGTHS, input.length - 1);
    lengths = Arrays.copyOfRange(input, 1, 1 + count);
    image = Arrays.copyOfRange(input, 1 + count, input.length);
  }

  /** One thing that may be refused. */
  @FunctionalInterface
  private interface Step {
    void run() throws StorageException;
  }

  /** Puts the pieces, and requires what a reader of the whole tells, to the words of a refusal. */
  static void compare(byte[] input) throws StorageException {
    if (input.length == 0) {
      return;
    }
    SimhPieces pieces = new SimhPieces(input);
    Told wanted = new Told();
    @Nullable StorageException refusal = refusal(() -> read(pieces.image, wanted));
    @Nullable StorageException got = refusal(pieces::put);
    FuzzTarget.require(
        pieces.told.items.equals(wanted.items), wanted.items.toString(), pieces.told.items);
    FuzzTarget.require(said(got).equals(said(refusal)), said(refusal), said(got));
    if (got != null) {
      throw got;
    }
    String tally = TapeFormat.SIMH.read(stream(pieces.image), Told.LIMIT_BYTES, new Told()) + "";
    FuzzTarget.require(tally.equals("" + pieces.parser.tally()), tally, pieces.parser.tally());
    FuzzTarget.require(
        pieces.parser.offset() == pieces.image.length, "all", pieces.parser.offset());
  }

  private static ByteArrayInputStream stream(byte[] image) {
    return new ByteArrayInputStream(image);
  }

  private static void read(byte[] image, Told told) throws StorageException {
    TapeFormat.SIMH.read(stream(image), Told.LIMIT_BYTES, told);
  }

  private static @Nullable StorageException refusal(Step step) {
    try {
      step.run();
      return null;
    } catch (StorageException e) {
      return e;
    }
  }

  private static String said(@Nullable StorageException refusal) {
    return refusal == null ? "whole" : refusal.fault() + ": " + refusal.getMessage();
  }

  private void put() throws StorageException {
    int at = 0;
    for (byte length : lengths) {
      at = put(at, length & 0xff);
    }
    requireWholeAsRead(at);
    int turn = at == 0 ? image.length : at;
    for (int begin = at; begin < image.length; begin += turn) {
      at = begin;
      for (byte length : lengths) {
        at = put(at, length & 0xff);
      }
      at = put(at, begin + turn - at);
    }
    parser.end();
  }

  private int put(int at, int length) throws StorageException {
    int count = Math.min(length, image.length - at);
    ByteBuffer piece =
        direct
            ? ByteBuffer.allocateDirect(count).put(image, at, count).flip()
            : ByteBuffer.wrap(image, at, count);
    parser.put(piece);
    FuzzTarget.require(!piece.hasRemaining(), "all of a piece", piece);
    return at + count;
  }

  /** Whether it could end there must be what a reader of so much says, and change nothing. */
  private void requireWholeAsRead(int length) {
    String wanted = said(refusal(() -> read(Arrays.copyOf(image, length), new Told())));
    String got = said(refusal(parser::requireWhole));
    FuzzTarget.require(got.equals(wanted), wanted, got);
  }
}
