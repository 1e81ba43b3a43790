package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.copybay.volumes.Extent;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the programs of others make is relabelled, and they show the new label. Where one of the
 * programs is missing a test is skipped and says so on standard error.
 */
final class MediumToolsTest {
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final String LABEL = "VOL-7.A_B";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-V CDROM",
        "-J -R -V MYVOL",
        "-iso-level 4 -J -V LEVEL4",
        "-J -ucs-level 1 -V ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
        "-J -R -b boot.img -no-emul-boot -c boot.cat -V BOOT",
        "-udf -V BRIDGE",
        "-udf -J -R -V BRIDGE",
      })
  void genisoimage(String options) throws Exception {
    needs("genisoimage", "--version");
    needs("isoinfo", "-version");
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Files.write(tree.resolve("boot.img"), new byte[2048]);
    Files.writeString(tree.resolve("a file with a long name"), "what it says");
    Path file = directory.resolve("old");
    run("genisoimage -quiet -o " + file + " " + options + " " + tree);

    Path changed = relabelled(file);

    assertThat(run("isoinfo -d -i " + changed)).contains("Volume id: " + LABEL + "\n");
    assertThat(run("isoinfo -f -i " + changed)).isEqualTo(run("isoinfo -f -i " + file));
    if (options.contains("-J")) {
      assertThat(run("isoinfo -d -J -i " + changed)).contains("Volume id: " + LABEL + "\n");
    }
    if (options.contains("-udf")) {
      requireUdf(changed, file);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-b 512 -m hd",
        "-b 1024 -m hd -r 1.02",
        "-b 2048 -m hd -r 1.50",
        "-b 4096 -m hd --lvid=LOGICAL --vid=PRIMARY --fsid=FILES",
        "-b 2048 -m dvd",
        "-b 2048 -m dvdram -r 2.00",
        "-b 2048 -m cdrw",
        "-b 512 -m hd --bootarea=mbr",
      })
  void mkudffs(String options) throws Exception {
    needs("mkudffs", "--help");
    Path file = directory.resolve("old");
    try (RandomAccessFile medium = new RandomAccessFile(file.toFile(), "rw")) {
      medium.setLength(40 << 20);
    }
    run("mkudffs " + options + " " + file);

    requireUdf(relabelled(file), file);
  }

  /** Writes the medium with the new label beside the old one; only descriptors may differ. */
  private Path relabelled(Path file) throws Exception {
    MemoryImage image = new MemoryImage(Files.readAllBytes(file));
    MediumFormat format = image.format();
    assertThat(format.refusal()).isNull();
    MemoryImage changed = image.with(format.relabel(LABEL, NOW));
    List<Extent> extents = format.extents();
    assertThat(changed.without(extents).bytes).isEqualTo(image.without(extents).bytes);
    Path path = Files.write(directory.resolve("new"), changed.bytes);
    Path withheld = Files.write(directory.resolve("withheld"), image.without(extents).bytes);
    needs("blkid", "-V");
    assertThat(run("blkid -p -o export " + path).lines()).contains("LABEL=" + LABEL);
    assertThat(output("blkid -p -s LABEL -s TYPE -o export " + withheld)).doesNotContain("TYPE=");
    return path;
  }

  /** The names are new, and what the program says besides is as it was. */
  private static void requireUdf(Path changed, Path old) throws Exception {
    needs("udfinfo", "--help");
    String said = run("udfinfo " + changed);

    assertThat(said.lines()).contains("label=" + LABEL, "lvid=" + LABEL, "vid=" + LABEL);
    assertThat(without(said)).isEqualTo(without(run("udfinfo " + old)));
  }

  private static List<String> without(String said) {
    List<String> changing =
        List.of("filename=", "label=", "lvid=", "vid=", "fsid=", "winserialnum=");
    return said.lines().filter(line -> changing.stream().noneMatch(line::startsWith)).toList();
  }

  private static void needs(String program, String option) throws Exception {
    try {
      start(List.of(program, option)).getInputStream().readAllBytes();
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

  private static String output(String line) throws Exception {
    Process process = start(List.of(line.split(" ")));
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
