package org.copybay.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.StoreFile;

/** Copies an image from beginning to end, its holes as holes. */
final class Copying {
  static final int PIECE_BYTES = 1 << 20;

  /** Smaller runs of zeros are written as data. */
  static final int GRAIN_BYTES = 64 * 1024;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(GRAIN_BYTES);

  private Copying() {}

  /** Takes the bytes of an image, in order and without gaps. */
  interface Sink {
    /** Bytes from that offset on; all of the buffer is taken. */
    void data(long offset, ByteBuffer bytes) throws StorageException;

    /** A range of zeros. */
    void hole(long offset, long length) throws StorageException;
  }

  /** A new file, where nothing is a hole: runs of zeros are left out as well. */
  record NewFile(StoreFile file) implements Sink {
    @Override
    public void data(long offset, ByteBuffer bytes) throws StorageException {
      int start = bytes.position();
      int end = bytes.limit();
      for (int at = start; at < end; at += GRAIN_BYTES) {
        bytes.limit(Math.min(at + GRAIN_BYTES, end)).position(at);
        boolean zeros = bytes.mismatch(ZEROS.slice(0, bytes.remaining())) < 0;
        if (!zeros) {
          file.writeAll(offset + at - start, bytes);
        }
      }
      bytes.limit(end).position(end);
    }

    @Override
    public void hole(long offset, long length) {}
  }

  /** A file that holds other bytes, all of which are replaced. */
  record OldFile(StoreFile file) implements Sink {
    @Override
    public void data(long offset, ByteBuffer bytes) throws StorageException {
      file.writeAll(offset, bytes);
    }

    @Override
    public void hole(long offset, long length) throws StorageException {
      file.zero(offset, length, false);
    }
  }

  /**
   * Copies [0, size) of an image.
   *
   * @param reached is told how many bytes are behind it, now and then
   */
  static void image(Image image, long size, Sink sink, LongConsumer reached)
      throws StorageException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    for (long at = 0; at < size; ) {
      long data = image.nextData(at);
      long begin = data < 0 ? size : Math.min(data, size);
      if (begin > at) {
        sink.hole(at, begin - at);
      }
      long hole = begin < size ? image.nextHole(begin) : size;
      long end = hole < 0 ? size : Math.min(hole, size);
      for (at = begin; at < end; at += piece.limit()) {
        piece.clear().limit((int) Math.min(PIECE_BYTES, end - at));
        image.read(at, piece);
        sink.data(at, piece.flip());
        reached.accept(at + piece.limit());
      }
      reached.accept(at);
    }
  }

  /**
   * Copies a stream to its end.
   *
   * @return how many bytes it had
   */
  static long stream(String name, InputStream stream, Sink sink, LongConsumer reached)
      throws StorageException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    byte[] bytes = new byte[PIECE_BYTES];
    long at = 0;
    for (int length = PIECE_BYTES; length == PIECE_BYTES; at += length) {
      length = readFully(name, stream, bytes);
      sink.data(at, piece.clear().put(bytes, 0, length).flip());
      reached.accept(at + length);
    }
    return at;
  }

  private static int readFully(String name, InputStream stream, byte[] bytes)
      throws StorageException {
    try {
      return stream.readNBytes(bytes, 0, bytes.length);
    } catch (IOException e) {
      throw FileFailure.of("read " + name, e);
    }
  }
}
