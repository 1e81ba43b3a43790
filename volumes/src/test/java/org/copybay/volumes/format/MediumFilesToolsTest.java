package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Extent;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Media that the programs of others make have the files that these were given, each where its bytes
 * are found, and nothing but zeros is unknown. Where one of the programs is missing a test is
 * skipped and says so on standard error.
 */
final class MediumFilesToolsTest {
  private static final int SECTOR = 2048;
  private static final Pattern LISTED_DIRECTORY = Pattern.compile("^d.*\\[ *([0-9]+) [0-9]+\\]");

  @TempDir Path directory;

  private final Random random = new Random(1);

  /** The files given, with their bytes. */
  private final Map<String, byte[]> given = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-R",
        "-R -D",
        "-J -R",
        "-udf",
        "-udf -J -R",
        "-udf -R -b boot.img -no-emul-boot -c boot.cat",
        "-J -R -b boot.img -no-emul-boot -c boot.cat",
      })
  void namesAreThoseGiven(String options) throws Exception {
    boolean joliet = options.contains("-J");
    boolean jolietFirst = joliet && !options.contains("-udf");
    Path tree = tree();
    String deep =
        options.contains("-R") && !options.contains("-D") ? "a/b/c/d/e/f/g/h/i/j/k" : "a/b/c";
    for (int i = 0; i < 150; i++) {
      add(tree, "many/file number " + i, random.nextInt(5 * SECTOR));
    }
    add(tree, "empty", 0);
    add(tree, "one sector", SECTOR);
    add(tree, "boot.img", SECTOR);
    add(tree, "trailing.", 10);
    add(tree, deep + "/deep", 3 * SECTOR + 1);
    add(tree, deep + "/deeper/deepest", 9);
    if (!joliet) {
      add(tree, "n".repeat(options.contains("-udf") ? 120 : 240), 3000);
      add(tree, "d".repeat(100) + "/" + "e".repeat(120), 3000);
      add(tree, "\u00fcml\u00e4ut and \u0416", 3000);
    }
    Files.createLink(tree.resolve("hard link"), tree.resolve("one sector"));
    given.put("/hard link", given("/one sector"));
    if (options.equals("-R")) {
      Files.createSymbolicLink(tree.resolve("symbolic"), Path.of("empty"));
    }

    byte[] image = genisoimage(options + " -input-charset utf-8", tree);

    if (jolietFirst) {
      given.put("/trailing", given("/trailing."));
      given.remove("/trailing.");
    }
    MediumFiles files = MediumFiles.read(new MemoryImage(image), image.length);
    Set<String> others = Set.of("/boot.cat", "/symbolic", "/rr_moved");
    requireFiles(files, image, others);
    requireStructure(files, image);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-iso-level 1", "-iso-level 2", "-iso-level 4", "-J", "-U"})
  void namesOfIso9660HaveNoVersion(String options) throws Exception {
    Path tree = tree();
    for (int i = 0; i < 20; i++) {
      add(tree, "DIR/FILE" + i + ".BIN", random.nextInt(3 * SECTOR));
    }
    add(tree, "NODOT", 100);
    add(tree, "EMPTY.X", 0);

    byte[] image = genisoimage(options, tree);

    MediumFiles files = MediumFiles.read(new MemoryImage(image), image.length);
    requireFiles(files, image, Set.of());
    requireStructure(files, image);
  }

  @Test
  void whatIsHiddenFromTheFirstTreeIsNamedByTheNext() throws Exception {
    Path tree = tree();
    add(tree, "SHOWN.BIN", 5000);
    add(tree, "HIDDEN.BIN", 5000);

    byte[] image = genisoimage("-J -hide-joliet HIDDEN.BIN", tree);

    requireFiles(MediumFiles.read(new MemoryImage(image), image.length), image, Set.of());
  }

  @Test
  void manyFilesInOneDirectory() throws Exception {
    Path tree = tree();
    for (int i = 0; i < 5000; i++) {
      add(tree, "some longer name of file " + i, i % 7 == 0 ? 0 : 40);
    }

    byte[] image = genisoimage("-udf -J -R", tree);

    MediumFiles files = MediumFiles.read(new MemoryImage(image), image.length);
    requireFiles(files, image, Set.of());
    requireStructure(files, image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-b 512 -m hd",
        "-b 2048 -m hd -r 1.50",
        "-b 4096 -m hd",
        "-b 2048 -m dvd",
        "-b 2048 -m dvdram -r 2.00",
        "-b 2048 -m cdrw",
        "-b 2048 -m hd --strategy=4096",
        "-b 1024 -m hd --ad=long --space=unalloctable",
        "-b 2048 -m hd --noefe --ad=inicb --space=freedbitmap",
        "-b 512 -m hd --bootarea=mbr",
      })
  void anEmptyVolumeOfUdfHasNoFiles(String options) throws Exception {
    needs("mkudffs", "--help");
    needs("udfinfo", "--help");
    int size = 40 << 20;
    Path file = Files.write(directory.resolve("medium"), new byte[size]);
    run("mkudffs " + options + " " + file);
    byte[] image = Files.readAllBytes(file);

    MediumFiles files = MediumFiles.read(new MemoryImage(image), size);

    assertThat(files.all()).isEmpty();
    assertThat(files.filesAt(new Extent(0, size))).containsExactly(MediumFiles.UNALLOCATED);
    requireSpaces(files, run("udfinfo " + file), options);
    for (int sector = 16; sector < size / 512; sector++) {
      byte[] bytes = Arrays.copyOfRange(image, sector * 512, (sector + 1) * 512);
      if (!Arrays.equals(bytes, new byte[512])) {
        assertThat(files.filesAt(new Extent(sector * 512L, 512))).as("sector %d", sector).isEmpty();
      }
    }
  }

  /** What the program says is space of the partition is unallocated, all else is not. */
  private static void requireSpaces(MediumFiles files, String said, String options) {
    int blockBytes = number(said, "blocksize=([0-9]+)");
    Matcher spaces = Pattern.compile("start=([0-9]+), blocks=([0-9]+), type=(\\w+)").matcher(said);
    int count = 0;
    while (spaces.find()) {
      Extent extent =
          new Extent(
              Long.parseLong(spaces.group(1)) * blockBytes,
              Long.parseLong(spaces.group(2)) * blockBytes);
      if (Set.of("VRS", "ANCHOR", "MVDS", "RVDS", "LVID", "STABLE").contains(spaces.group(3))) {
        String what = options + ": " + spaces.group();
        assertThat(files.filesAt(new Extent(extent.offset(), 512))).as(what).isEmpty();
        count++;
      }
    }
    assertThat(count).isGreaterThan(4);
  }

  private static int number(String said, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(said);
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  private byte[] given(String path) {
    byte[] bytes = given.get(path);
    assertThat(bytes).isNotNull();
    return bytes;
  }

  private Path tree() throws Exception {
    needs("genisoimage", "--version");
    needs("isoinfo", "-version");
    return Files.createDirectory(directory.resolve("tree"));
  }

  private void add(Path tree, String name, int length) throws IOException {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    Path file = tree.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    given.put("/" + name, bytes);
  }

  private byte[] genisoimage(String options, Path tree) throws Exception {
    Path file = directory.resolve("medium");
    List<String> command = new ArrayList<>(List.of("genisoimage", "-quiet", "-o", file.toString()));
    command.addAll(List.of(options.split(" ")));
    command.add(tree.toString());
    Process process = start(command);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    return Files.readAllBytes(file);
  }

  /** All files are there, and each sector with bytes of one names it and nothing else. */
  private void requireFiles(MediumFiles files, byte[] image, Set<String> others) {
    Map<String, Long> lengths = new TreeMap<>();
    files.all().stream()
        .filter(file -> !others.contains(file.path()))
        .forEach(file -> assertThat(lengths.put(file.path(), file.bytes())).isNull());
    Map<String, Long> wanted = new TreeMap<>();
    given.forEach((path, bytes) -> wanted.put(path, (long) bytes.length));
    assertThat(lengths).isEqualTo(wanted);

    Map<String, Set<String>> named = new HashMap<>();
    given.forEach(
        (path, bytes) -> {
          for (int at = 0; at < bytes.length; at += SECTOR) {
            named
                .computeIfAbsent(
                    key(Arrays.copyOfRange(bytes, at, at + SECTOR)), k -> new HashSet<>())
                .add(path);
          }
        });
    Set<String> seen = new HashSet<>();
    for (int at = 0; at < image.length; at += SECTOR) {
      String key = key(Arrays.copyOfRange(image, at, at + SECTOR));
      List<String> found = files.filesAt(new Extent(at, SECTOR));
      assertThat(found).isEqualTo(files.filesAt(new Extent(at + 1024, 1)));
      if (named.containsKey(key)) {
        assertThat(found).as("byte %d", at).containsExactlyInAnyOrderElementsOf(named.get(key));
        seen.add(key);
      } else {
        assertThat(found).as("byte %d", at).doesNotContainAnyElementsOf(given.keySet());
      }
    }
    assertThat(seen).hasSameSizeAs(named.keySet());
  }

  private static String key(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Directories and descriptors are structure, and no sector that is not known says anything. */
  private void requireStructure(MediumFiles files, byte[] image) throws Exception {
    List<Integer> sectors = new ArrayList<>();
    for (String option : List.of("", " -J")) {
      Process process =
          start(List.of(("isoinfo -l" + option + " -i " + directory.resolve("medium")).split(" ")));
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      Matcher matcher;
      for (String line : said.lines().toList()) {
        matcher = LISTED_DIRECTORY.matcher(line);
        if (matcher.find()) {
          sectors.add(Integer.parseInt(matcher.group(1)));
        }
      }
      process.waitFor();
    }
    assertThat(sectors).isNotEmpty();
    for (int sector : sectors) {
      Extent extent = new Extent((long) sector * SECTOR, SECTOR);
      assertThat(files.filesAt(extent)).as("sector %d", sector).isEmpty();
      assertThat(files.structureAt(extent)).isTrue();
    }
    for (int at = 16 * SECTOR; at < image.length; at += SECTOR) {
      byte[] bytes = Arrays.copyOfRange(image, at, at + SECTOR);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      if (files.filesAt(new Extent(at, SECTOR)).contains(MediumFiles.UNALLOCATED)
          && !text.startsWith("MKI ")
          && !anchorAside(text, at, image.length)) {
        assertThat(bytes).as("byte %d", at).isEqualTo(new byte[SECTOR]);
      }
    }
  }

  /** The program puts its second anchor before its padding, where no reader looks for it. */
  private static boolean anchorAside(String text, int at, int size) {
    return text.startsWith("\2\0\2\0") && at < size - SECTOR && at > size - 300 * SECTOR;
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
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  private static String run(String line) throws Exception {
    Process process = start(List.of(line.split(" ")));
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", line, said).isZero();
    return said;
  }
}
