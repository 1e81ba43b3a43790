package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.copy.shadow.MemberLabel.Past;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.MemberBytes;
import org.jspecify.annotations.Nullable;
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
  void itIsTextThatPeopleRead() {
    String text = new String(label(4).encode(), StandardCharsets.UTF_8);
    assertThat(text.substring(0, text.indexOf("crc32c=")))
        .isEqualTo(
            """
            copybay-shadow 1
            serial=4
            set=00000000-0000-0001-0000-000000000001
            member=00000000-0000-0002-0000-000000000002
            unit=DSA7
            label=PAY ROLL 100%25%0a=é
            size=12345
            generation=3
            change=00000000-0000-0000-0000-000000000003
            past=2:00000000-0000-0000-0000-000000000002
            role=full
            mounts=5
            mounted=yes
            file=77
            modified=88
            length=99
            """);
    assertThat(text.substring(text.indexOf("crc32c="))).matches("crc32c=[0-9a-f]{8}\n\0*");
  }

  @Test
  void aKeyThatIsNotKnownIsIgnored() {
    assertThat(edited("length=99\n", "length=99\ncolour=blue\n")).isEqualTo(label(4));
  }

  @Test
  void whatIsOfAnotherProgramIsNoLabel() {
    assertThat(edited("serial=4", "serial=4")).isEqualTo(label(4));
    assertThat(edited("copybay-shadow 1", "copybay-shadow 2")).isNull();
    assertThat(edited("length=99\n", "")).isNull();
    assertThat(edited("role=full", "role=witness")).isNull();
    assertThat(edited("mounted=yes", "mounted=perhaps")).isNull();
    assertThat(edited("generation=3", "generation=three")).isNull();
    assertThat(edited("length=99\n", "length=99\nno key\n")).isNull();
    assertThat(edited("label=PAY", "label=%zz")).isNull();
  }

  /** What is read where those words stand for others, with the right checksum. */
  private static @Nullable MemberLabel edited(String words, String others) {
    String text = new String(label(4).encode(), StandardCharsets.UTF_8);
    String changed = text.substring(0, text.indexOf("crc32c=")).replace(words, others);
    CRC32C crc = new CRC32C();
    crc.update(changed.getBytes(StandardCharsets.UTF_8));
    String whole = changed + String.format("crc32c=%08x\n", crc.getValue());
    return MemberLabel.decode(
        Arrays.copyOf(whole.getBytes(StandardCharsets.UTF_8), MemberLabel.COPY_BYTES));
  }

  @Test
  void ofTwoCopiesTheHigherSerialCounts() throws Exception {
    byte[] both = Arrays.copyOf(label(5).encode(), 2 * MemberLabel.COPY_BYTES);
    System.arraycopy(label(4).encode(), 0, both, MemberLabel.COPY_BYTES, MemberLabel.COPY_BYTES);
    Files.write(file(), both);
    assertThat(LabelStore.read(disk)).isEqualTo(label(5));
    System.arraycopy(label(6).encode(), 0, both, MemberLabel.COPY_BYTES, MemberLabel.COPY_BYTES);
    Files.write(file(), both);
    assertThat(LabelStore.read(disk)).isEqualTo(label(6));
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
