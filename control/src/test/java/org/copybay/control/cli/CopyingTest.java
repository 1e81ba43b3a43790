package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.HomeFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyingTest {
  private static final int SIZE = 5 * Copying.PIECE_BYTES + 4711;

  @TempDir Path temp;

  @Test
  void holesStayHolesAndBytesBytes() throws Exception {
    byte[] content = new byte[SIZE];
    new Random(1).nextBytes(content);
    zero(content, 0, 3 * Copying.GRAIN_BYTES);
    zero(content, Copying.PIECE_BYTES, 3 * Copying.PIECE_BYTES);

    try (HomeFile source = HomeFile.create(temp.resolve("source"));
        HomeFile target = HomeFile.create(temp.resolve("target"))) {
      write(source, content, 3 * Copying.GRAIN_BYTES, Copying.PIECE_BYTES);
      write(source, content, 3 * Copying.PIECE_BYTES, SIZE);
      target.setSize(SIZE);
      Copying.image(source, SIZE, new Copying.NewFile(target), at -> {});
      assertThat(target.status().blocks()).isLessThanOrEqualTo(source.status().blocks());
    }
    byte[] made = Files.readAllBytes(temp.resolve("target"));

    assertThat(made).isEqualTo(content);
  }

  @Test
  void holesReplaceWhatWasThere() throws Exception {
    byte[] old = new byte[SIZE];
    new Random(2).nextBytes(old);
    Files.write(temp.resolve("target"), old);

    try (HomeFile source = HomeFile.create(temp.resolve("source"));
        HomeFile target = HomeFile.open(temp.resolve("target"), SIZE)) {
      source.setSize(SIZE);
      write(source, old, Copying.PIECE_BYTES, 2 * Copying.PIECE_BYTES);
      Copying.image(source, SIZE, new Copying.OldFile(target), at -> {});
    }

    byte[] wanted = new byte[SIZE];
    System.arraycopy(old, Copying.PIECE_BYTES, wanted, Copying.PIECE_BYTES, Copying.PIECE_BYTES);
    assertThat(Files.readAllBytes(temp.resolve("target"))).isEqualTo(wanted);
  }

  @Test
  void aRunOfZerosOfAStreamTakesNoSpace() throws Exception {
    byte[] content = new byte[3 * Copying.PIECE_BYTES + 1];
    content[Copying.PIECE_BYTES] = 1;
    content[content.length - 1] = 2;

    try (HomeFile target = HomeFile.create(temp.resolve("target"))) {
      Copying.stream(
          "test", new ByteArrayInputStream(content), new Copying.NewFile(target), at -> {});
      assertThat(target.status().blocks() * 512).isLessThanOrEqualTo(2 * Copying.GRAIN_BYTES);
    }
    assertThat(Files.readAllBytes(temp.resolve("target"))).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, Copying.PIECE_BYTES - 1, Copying.PIECE_BYTES, Copying.PIECE_BYTES + 1})
  void aStreamIsCopiedToItsEnd(int length) throws Exception {
    byte[] content = new byte[length];
    new Random(3).nextBytes(content);
    long told;

    try (HomeFile target = HomeFile.create(temp.resolve("target"))) {
      told =
          Copying.stream(
              "test", new ByteArrayInputStream(content), new Copying.NewFile(target), at -> {});
    }

    assertThat(told).isEqualTo(length);
    assertThat(Files.readAllBytes(temp.resolve("target"))).isEqualTo(content);
  }

  private static void zero(byte[] content, int from, int to) {
    Arrays.fill(content, from, to, (byte) 0);
  }

  private static void write(HomeFile file, byte[] content, int from, int to)
      throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(to - from);
    file.writeAll(from, bytes.put(content, from, to - from).flip());
  }
}
