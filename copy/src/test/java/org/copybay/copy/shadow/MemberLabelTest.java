package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.copy.shadow.MemberLabel.Past;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.MemberBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The label of a member on its disk. */
class MemberLabelTest {
  @TempDir private Path disk;

  static MemberLabel label(long serial, long generation, UUID change, List<Past> past) {
    return new MemberLabel(
        serial,
        new UUID(1, 1),
        new UUID(2, 2),
        "DSA7",
        "PAY ROLL 100%\n=é",
        12_345,
        generation,
        change,
        past,
        MemberRole.FULL,
        5,
        MemberLabel.Use.WRITING,
        77,
        88,
        99);
  }

  private static MemberLabel label(long serial) {
    return label(serial, 3, new UUID(0, 3), List.of(new Past(2, new UUID(0, 2))));
  }

  private Path file() {
    return disk.resolve(MemberBytes.LABEL);
  }

  @Test
  void itIsReadAsItWasWritten() throws Exception {
    LabelStore.write(disk, label(4));
    assertThat(LabelStore.read(disk)).isEqualTo(label(4));
    assertThat(Files.readString(file())).startsWith("copybay-shadow 1\nserial=4\nset=");
    LabelStore.remove(disk);
    assertThat(LabelStore.read(disk)).isNull();
  }

  @Test
  void theLongestOneFits() {
    List<Past> past = new ArrayList<>();
    for (int i = 0; i < 2 * MemberLabel.MAX_PAST; i++) {
      past.add(new Past(Long.MAX_VALUE - i, UUID.randomUUID()));
    }
    MemberLabel longest = label(Long.MAX_VALUE, Long.MAX_VALUE, UUID.randomUUID(), past);
    assertThat(MemberLabel.decode(longest.encode())).isEqualTo(longest);
    assertThat(longest.past()).hasSize(MemberLabel.MAX_PAST);
  }

  @Test
  void oneCopyIsEnoughAndTheNewerOneCounts() throws Exception {
    LabelStore.write(disk, label(4));
    byte[] older = Files.readAllBytes(file());
    LabelStore.write(disk, label(5));
    byte[] newer = Files.readAllBytes(file());
    for (int torn = 0; torn < MemberLabel.COPY_BYTES; torn += 512) {
      byte[] first = newer.clone(); // the write of the first copy stopped there
      System.arraycopy(older, torn, first, torn, first.length - torn);
      Files.write(file(), first);
      assertThat(LabelStore.read(disk)).isIn(label(4), label(5));
      byte[] second = older.clone(); // that of the second
      System.arraycopy(newer, 0, second, 0, MemberLabel.COPY_BYTES + torn);
      Files.write(file(), second);
      assertThat(LabelStore.read(disk)).isEqualTo(label(5));
    }
  }

  @Test
  void neitherCopyIsDamage() throws Exception {
    LabelStore.write(disk, label(4));
    byte[] bytes = Files.readAllBytes(file());
    bytes[100] ^= 1;
    bytes[MemberLabel.COPY_BYTES + 200] ^= 1;
    Files.write(file(), bytes);
    assertFault(Fault.CORRUPT, () -> LabelStore.read(disk), "is damaged");
    Files.write(file(), new byte[0]);
    assertFault(Fault.CORRUPT, () -> LabelStore.read(disk), "is damaged");
  }

  @Test
  void whatStandsInAValueIsNoChecksum() throws Exception {
    MemberLabel odd =
        new MemberLabel(
            1,
            new UUID(1, 1),
            new UUID(2, 2),
            "DSA7",
            "crc32c=1",
            5,
            1,
            new UUID(0, 1),
            List.of(),
            MemberRole.FULL,
            5,
            MemberLabel.Use.NONE,
            1,
            2,
            3);
    assertThat(MemberLabel.decode(odd.encode())).isEqualTo(odd);
  }

  @Test
  void whoDescendsFromWhom() {
    UUID two = new UUID(0, 2);
    MemberLabel parent = label(1, 2, two, List.of());
    MemberLabel child = label(1, 3, new UUID(0, 3), List.of(new Past(2, two)));
    MemberLabel other = label(1, 3, new UUID(0, 33), List.of(new Past(2, two)));
    assertThat(child.descendsFrom(parent)).isTrue();
    assertThat(parent.descendsFrom(child)).isFalse();
    assertThat(child.descendsFrom(child)).isTrue();
    assertThat(child.descendsFrom(other)).isFalse();
    assertThat(other.descendsFrom(child)).isFalse();
  }
}
