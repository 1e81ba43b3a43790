package org.copybay.volumes.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * The inputs that are kept, as text: a line for each, with its target, a name, and its bytes, as
 * hexadecimal digits, or behind {@code ~} deflated and in base64 where that is shorter. Lines that
 * begin with # are comments. As a program it does what {@code ./soak fuzz-tape} needs of it.
 */
final class FuzzCorpus {
  /** How much text there may be of one target before no more is added by itself, in characters. */
  private static final int MOST_CHARACTERS = 10 * 1024;

  private static final int NAME_CHARACTERS = 10;
  private static final String DEFLATED = "~";

  private FuzzCorpus() {}

  /** An input and the target that takes it. */
  static final class Input {
    private final FuzzTarget target;
    private final String name;
    private final byte[] bytes;

    Input(FuzzTarget target, String name, byte[] bytes) {
      this.target = target;
      this.name = name;
      this.bytes = bytes;
    }

    FuzzTarget target() {
      return target;
    }

    String name() {
      return name;
    }

    byte[] bytes() {
      return bytes;
    }

    static Input of(String line) {
      String[] words = line.split(" ", -1);
      if (words.length != 3) {
        throw new IllegalArgumentException("wanted target, name and bytes, got " + line);
      }
      return new Input(FuzzTarget.of(words[0]), words[1], bytes(words[2]));
    }

    private static byte[] bytes(String text) {
      if (!text.startsWith(DEFLATED)) {
        return HexFormat.of().parseHex(text);
      }
      byte[] deflated = Base64.getDecoder().decode(text.substring(DEFLATED.length()));
      try (InputStream stream = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new IllegalArgumentException("wanted deflated bytes, got " + text, e);
      }
    }

    String line() throws IOException {
      ByteArrayOutputStream deflated = new ByteArrayOutputStream();
      try (OutputStream stream =
          new DeflaterOutputStream(deflated, new Deflater(Deflater.BEST_COMPRESSION))) {
        stream.write(bytes);
      }
      String text = DEFLATED + Base64.getEncoder().encodeToString(deflated.toByteArray());
      String digits = HexFormat.of().formatHex(bytes);
      return target + " " + name + " " + (digits.length() <= text.length() ? digits : text);
    }

    @Override
    public String toString() {
      return target + " " + name;
    }
  }

  static List<Input> inputs(Stream<String> lines) {
    return lines.filter(line -> !line.startsWith("#")).map(Input::of).toList();
  }

  /**
   * With {@code unpack}, writes the inputs of the text to files below a directory, TARGET/NAME;
   * with {@code add}, adds files of a directory to the text, the short ones first, as long as there
   * is room; with {@code keep}, one file, whatever the room.
   */
  public static void main(String[] arguments) throws IOException {
    Path text = Path.of(arguments[1]);
    Path path = Path.of(arguments[2]);
    switch (arguments[0]) {
      case "unpack" -> unpack(text, path);
      case "add" -> add(text, path, FuzzTarget.of(arguments[3]));
      case "keep" -> keep(text, path, FuzzTarget.of(arguments[3]));
      default -> throw new IllegalArgumentException("unknown: " + arguments[0]);
    }
  }

  private static List<Input> inputs(Path text) throws IOException {
    try (Stream<String> lines = Files.lines(text)) {
      return inputs(lines);
    }
  }

  private static void unpack(Path text, Path directory) throws IOException {
    for (FuzzTarget target : FuzzTarget.values()) {
      Files.createDirectories(directory.resolve(target.toString()));
    }
    for (Input input : inputs(text)) {
      Path file = directory.resolve(input.target().toString()).resolve(input.name());
      Files.write(file, input.bytes());
    }
  }

  private static void add(Path text, Path directory, FuzzTarget target) throws IOException {
    List<Input> there = inputs(text).stream().filter(each -> each.target() == target).toList();
    int room = MOST_CHARACTERS;
    for (Input input : there) {
      room -= input.line().length() + 1;
    }
    List<String> added = new ArrayList<>();
    int left = 0;
    for (Input input : found(directory, target)) {
      String line = input.line();
      if (there.stream().anyMatch(each -> Arrays.equals(each.bytes(), input.bytes()))) {
        continue;
      }
      if (line.length() < room) {
        added.add(line);
        room -= line.length() + 1;
      } else {
        left++;
      }
    }
    append(text, added);
    System.out.printf("%s: inputs=%d added=%d left=%d%n", target, there.size(), added.size(), left);
  }

  private static List<Input> found(Path directory, FuzzTarget target) throws IOException {
    List<Input> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        found.add(new Input(target, name(file), Files.readAllBytes(file)));
      }
    }
    found.sort(Comparator.comparingInt(each -> each.bytes().length));
    return found;
  }

  /** That of the file; a part of it where the fuzzer gave it, for that is a long hash. */
  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.matches("[0-9a-f]{40}") ? name.substring(0, NAME_CHARACTERS) : name;
  }

  private static void keep(Path text, Path file, FuzzTarget target) throws IOException {
    String hash = file.getFileName().toString().replaceFirst(".*-", "");
    Input input =
        new Input(
            target,
            "found-" + hash.substring(0, Math.min(hash.length(), NAME_CHARACTERS)),
            Files.readAllBytes(file));
    if (inputs(text).stream().noneMatch(each -> each.toString().equals(input.toString()))) {
      append(text, List.of(input.line()));
    }
    System.out.println("kept: " + input + " in " + text);
  }

  /** Puts lines behind the others; in order, so that two runs in two places merge. */
  private static void append(Path text, List<String> added) throws IOException {
    if (added.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(text));
    List<String> comments = lines.stream().filter(line -> line.startsWith("#")).toList();
    lines.removeAll(comments);
    lines.addAll(added);
    lines.sort(Comparator.naturalOrder());
    lines.addAll(0, comments);
    Files.write(text, lines);
  }
}
