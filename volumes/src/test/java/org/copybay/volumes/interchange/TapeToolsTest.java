package org.copybay.volumes.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs of others read what is written here, and what they write is read. Where one of the
 * programs is missing a test is skipped and says so on standard error.
 */
final class TapeToolsTest {
  @TempDir Path directory;

  @Test
  void mtdumpReadsSimh() throws Exception {
    needs("mtdump");
    Path image = image("out.tap", Tape.example(), TapeFormat.SIMH);

    assertThat(run("mtdump " + image).lines())
        .containsSubsequence(
            "Obj 1, position 0, record 1, length = 5 (0x5)",
            "Obj 2, position 14, record 2, length = 4 (0x4)",
            "Obj 3, position 26, end of tape file 1",
            "Obj 4, position 30, record 1, length = 1 (0x1)",
            "Obj 5, position 40, end of tape file 2",
            "Obj 6, position 44, end of logical tape");
  }

  @Test
  void hetmapCountsWhatIsInAwstape() throws Exception {
    needs("hetmap");
    Tape tape = Tape.random(1, false, 1, 4095, 4096, 10240, 65535).marks(2);
    Path image = image("out.aws", tape, TapeFormat.AWSTAPE);

    String said = run("hetmap -f " + image);

    assertThat(said).contains("Uncompressed bytes  : " + (1 + 4095 + 4096 + 10240 + 65535));
    assertThat(said.substring(said.indexOf("Summary"))).containsPattern("Blocks +: 5");
  }

  @Test
  void hetgetTakesAFileOutOfAwstape() throws Exception {
    needs("hetget");
    Tape file = Tape.random(2, false, 10240, 10240, 10240);
    file.items.removeIf(item -> !item.bytes().hasRemaining());
    Tape tape = new Tape().text("VOL").marks(1);
    tape.items.addAll(file.items);
    Path image = image("out.aws", tape.marks(2), TapeFormat.AWSTAPE);
    Path out = directory.resolve("out");

    run("hetget -n " + image + " " + out + " 2 FB 512 10240");

    byte[] wanted = new byte[3 * 10240];
    for (int i = 0; i < 3; i++) {
      file.items.get(i).bytes().duplicate().get(wanted, i * 10240, 10240);
    }
    assertThat(Files.readAllBytes(out)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-z", "-b", "-s", "-d", "-z -c 4096", "-b -c 4096"})
  void whatHetupdWritesIsRead(String options) throws Exception {
    needs("hetupd");
    Tape tape = new Tape();
    for (int size : new int[] {1, 80, 4096, 4097, 32760, 65535}) {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) ((i * i) >> 7);
      }
      tape.record(ByteBuffer.wrap(bytes), false);
      tape.mark();
    }
    Path image = image("in.aws", tape.marks(1), TapeFormat.AWSTAPE);
    Path packed = directory.resolve("out.het");

    run("hetupd " + options + " " + image + " " + packed);

    byte[] bytes = Files.readAllBytes(packed);
    assertThat(TapeFormat.detect(head(bytes))).isEqualTo(TapeFormat.AWSTAPE);
    assertThat(Tape.items(TapeFormat.AWSTAPE, bytes)).isEqualTo(tape.items);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-d", "-n"})
  void whatHetinitWritesIsRead(String option) throws Exception {
    needs("hetinit");
    Path image = directory.resolve("new.het");
    run("hetinit " + option + " " + image + (option.equals("-n") ? "" : " VOL001 OWNER"));

    byte[] bytes = Files.readAllBytes(image);

    assertThat(TapeFormat.detect(bytes)).isEqualTo(TapeFormat.AWSTAPE);
    assertThat(Tape.items(TapeFormat.AWSTAPE, bytes)).isNotEmpty();
  }

  @Test
  void tarListsUnpacksAndPacksAgain() throws Exception {
    needs("tar");
    Tape tape = Tape.random(3, true, 1, 4096, 65535, 1_044_480, 7, 8, 9, 10).marks(2);
    Path image = image("out.tar", tape, TapeFormat.TAR);
    Path tree = Files.createDirectory(directory.resolve("tree"));

    assertThat(run("tar -tf " + image).lines())
        .startsWith("cartridge.json", "t/000000000000.rec")
        .endsWith(TarLayout.name(tape.items.size(), TarLayout.END))
        .hasSize(tape.items.size() + 2);
    assertThat(run("tar -xf " + image + " -C " + tree)).as("warnings").isEmpty();
    assertThat(tree.resolve("cartridge.json")).hasContent(Tape.MANIFEST);
    Path again = directory.resolve("again.tar");
    run("tar --sort=name -cf " + again + " -C " + tree + " .");

    Tape told = new Tape();
    TapeTally tally = told.read(TapeFormat.TAR, Files.readAllBytes(again));
    assertThat(tally.leftOut()).isZero();
    assertThat(told.items.stream().map(Tape.Item::bytes))
        .isEqualTo(tape.items.stream().map(Tape.Item::bytes).toList());
  }

  private Path image(String name, Tape tape, TapeFormat format) throws Exception {
    return Files.write(directory.resolve(name), tape.image(format));
  }

  private static byte[] head(byte[] image) {
    return Arrays.copyOf(image, Math.min(image.length, TapeFormat.HEAD_BYTES));
  }

  private static void needs(String program) throws Exception {
    try {
      start(List.of(program, "--help")).getInputStream().readAllBytes();
    } catch (IOException e) {
      String why = "SKIPPED, needs " + program + ": " + e;
      System.err.println(why);
      Assumptions.abort(why);
    }
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String run(String line) throws Exception {
    Process process = start(List.of(line.split(" ")));
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", line, said).isZero();
    return said;
  }
}
