package org.copybay.volumes.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An image that comes in pieces says the same as one that is read; {@link SimhTest} has the rest.
 */
final class SimhParserTest {
  private final Tape tape = new Tape();
  private final SimhParser parser = new SimhParser(Tape.LIMIT, tape);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 11})
  void wherePiecesEndMakesNoDifference(int length) throws Exception {
    String bare = "05000000 48454c4c4f 05000000"; // an odd record without its pad
    put(
        Tape.hex(bare + "00000000 ffff feffffff 01000080 41 00 01000080" + bare + "ffffffff 00"),
        length);
    parser.end();

    assertThat(parser.tally()).isEqualTo(new TapeTally(3, 1, 1, 0));
    assertThat(tape.items.stream().map(Tape.Item::damaged))
        .containsExactly(false, false, true, false);
    assertThat(parser.ended()).isTrue();
    assertThat(parser.offset()).isEqualTo(51);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void recordsOfAnyLengthComeInAnyPieces(long seed) throws Exception {
    Tape wanted = Tape.random(seed, true, 1, 65535, 65536, 65537, 300_001, 3);
    byte[] image = wanted.image(TapeFormat.SIMH);
    Random random = new Random(seed);
    for (int at = 0; at < image.length; ) {
      int count = Math.min(image.length - at, 1 + random.nextInt(100_000));
      parser.put(ByteBuffer.allocateDirect(count).put(image, at, count).flip());
      at += count;
    }
    parser.end();

    assertThat(tape.items).isEqualTo(wanted.items);
  }

  @Test
  void anObjectIsToldAsSoonAsItEnds() throws Exception {
    put(Tape.hex("04000000 41424344 040000"), 100);
    assertThat(tape.items).isEmpty();
    put(Tape.hex("00"), 1);

    assertThat(tape.items).isEqualTo(new Tape().text("ABCD").items);
  }

  @Test
  void whereTheEndIsPromisedAnImageWithoutItIsCut() throws Exception {
    ByteArrayOutputStream promising = new ByteArrayOutputStream();
    TapeWriter writer = TapeWriter.simhThatEnds(promising);
    Tape.example().tell(writer);
    writer.finish();
    byte[] image = promising.toByteArray();
    for (int length = SimhWord.BYTES; length < image.length; length++) {
      SimhParser cut = new SimhParser(Tape.LIMIT, new Tape());
      cut.put(ByteBuffer.wrap(Arrays.copyOf(image, length)));
      assertThat(cut.wantsEnd()).isTrue();
      assertThatThrownBy(cut::end)
          .as("%d", length)
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
          .hasMessageContaining("at byte " + length);
    }
    put(image, image.length);
    parser.end();

    assertThat(tape.items).isEqualTo(Tape.example().items);
    assertThat(parser.tally().leftOut()).isZero();
  }

  @Test
  void whatStandsBeforeAMissingEndIsTold() throws Exception {
    put(Tape.hex("45424370 01000000 41 01000000"), 100); // no pad: the end of all ends the record

    assertThatThrownBy(parser::requireWhole).isInstanceOf(StorageException.class);
    assertThat(tape.items).isEmpty();
    assertThatThrownBy(parser::end)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("the word for its end, which its first word promises");
    assertThat(tape.items).isEqualTo(new Tape().text("A").items);
  }

  private void put(byte[] image, int length) throws StorageException {
    for (int at = 0; at < image.length; at += length) {
      parser.put(ByteBuffer.wrap(image, at, Math.min(length, image.length - at)));
    }
  }
}
