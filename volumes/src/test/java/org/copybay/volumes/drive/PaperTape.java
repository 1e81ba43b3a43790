package org.copybay.volumes.drive;

import java.util.ArrayList;
import java.util.List;

/**
 * What a drive of {@link Deck} should answer, by the rules of st(4): an object after the other, in
 * variable mode.
 */
final class PaperTape {
  private enum Mood {
    PLAIN,
    BEHIND_MARK,
    WARNED_NEXT,
    REFUSED_ONCE,
    END
  }

  private final long capacity;
  private final boolean writeOnce;
  private final List<String> objects = new ArrayList<>();

  private boolean writer = true;
  private boolean wrote;
  private int at;
  private int file;
  private int block;
  private Mood mood = Mood.PLAIN;

  PaperTape(long capacity, boolean writeOnce) {
    this.capacity = capacity;
    this.writeOnce = writeOnce;
  }

  String step(String step) {
    String[] words = step.split(" ", -1);
    int count = words.length > 1 && !words[0].equals("write") ? Integer.parseInt(words[1]) : 0;
    return switch (words[0]) {
      case "read" -> read(count);
      case "write" -> write(words[1]);
      case "open", "openro" -> open(words[0].equals("open"));
      case "close", "closerew" -> close(words[0].equals("closerew"));
      case "tell" -> tell();
      case "nop" -> "ok";
      default -> operate(words[0], count);
    };
  }

  private String open(boolean forWriting) {
    writer = forWriting;
    wrote = false;
    return "ok";
  }

  private String close(boolean rewind) {
    if (wrote) {
      putMarks(1);
      mood = Mood.BEHIND_MARK;
    }
    wrote = false;
    if (rewind) {
      place(0, 0, 0, Mood.PLAIN);
    }
    return "ok";
  }

  private String tell() {
    if (at == 0) {
      file = 0;
      block = 0;
    }
    return String.valueOf(at);
  }

  private String operate(String verb, int count) {
    boolean back = verb.equals("bsf") || verb.equals("bsfm");
    int wanted = count;
    if (wrote && (back || verb.equals("rewind") || verb.equals("seek"))) {
      putMarks(1);
      wanted += back ? 1 : 0;
    }
    wrote = false;
    return switch (verb) {
      case "fsf" -> forwardMarks(wanted);
      case "bsf" -> backMarks(wanted);
      case "fsfm" -> {
        String first = forwardMarks(wanted);
        yield first.equals("ok") ? backMarks(1) : first;
      }
      case "bsfm" -> {
        String first = backMarks(wanted);
        yield first.equals("ok") ? forwardMarks(1) : first;
      }
      case "fsr" -> forwardRecords(wanted);
      case "bsr" -> backRecords(wanted);
      case "weof", "weofi" -> weof(wanted);
      case "rewind" -> place(0, 0, 0, Mood.PLAIN);
      case "seek" -> seek(wanted);
      case "eod" -> place(objects.size(), marks(), -1, Mood.END);
      case "erase" -> erase();
      default -> throw new IllegalArgumentException(verb);
    };
  }

  private int marks() {
    return (int) objects.stream().filter(String::isEmpty).count();
  }

  private String place(int newAt, int newFile, int newBlock, Mood newMood) {
    at = newAt;
    file = newFile;
    block = newBlock;
    mood = newMood;
    return "ok";
  }

  private boolean atMark() {
    return objects.get(at).isEmpty();
  }

  /** Over one object, counting it. */
  private boolean forward() {
    boolean mark = atMark();
    at++;
    if (mark) {
      file += file < 0 ? 0 : 1;
      block = 0;
    } else {
      block += block < 0 ? 0 : 1;
    }
    return mark;
  }

  private boolean back() {
    at--;
    if (atMark()) {
      file -= file < 0 ? 0 : 1;
      block = -1;
      return true;
    }
    block -= block < 0 ? 0 : 1;
    return false;
  }

  private String read(int room) {
    wrote = false;
    if (mood == Mood.END) {
      return "TAPE_END";
    }
    if (at == objects.size()) {
      boolean first = mood == Mood.BEHIND_MARK;
      mood = Mood.END;
      block = -1;
      return first ? "eof" : "TAPE_END";
    }
    String object = objects.get(at);
    if (forward()) {
      mood = Mood.BEHIND_MARK;
      return "eof";
    }
    if (object.length() > room) {
      return "RECORD_TOO_LONG";
    }
    mood = mood == Mood.BEHIND_MARK ? Mood.PLAIN : mood;
    return object;
  }

  /** Why nothing is written here, or ok. */
  private String permission() {
    return !writer ? "DENIED" : writeOnce && at < objects.size() ? "TAPE_END" : "ok";
  }

  private String write(String record) {
    if (!permission().equals("ok")) {
      return permission();
    }
    if (mood == Mood.WARNED_NEXT) {
      mood = Mood.REFUSED_ONCE;
      return "NO_SPACE";
    }
    objects.subList(at, objects.size()).clear();
    objects.add(record);
    forward();
    wrote = true;
    mood = usedBytes() > capacity ? Mood.WARNED_NEXT : Mood.PLAIN;
    return String.valueOf(record.length());
  }

  private long usedBytes() {
    long used = 0;
    for (String each : objects) {
      int length = each.length();
      used += length == 0 ? 4 : 4 + length + length % 2 + 4;
    }
    return used;
  }

  private void putMarks(int count) {
    objects.subList(at, objects.size()).clear();
    for (int i = 0; i < count; i++) {
      objects.add("");
      forward();
    }
    mood = Mood.PLAIN;
  }

  private String weof(int count) {
    String permission = permission();
    if (permission.equals("ok") && count > 0) {
      putMarks(count);
    }
    return permission;
  }

  private String erase() {
    if (!writer || writeOnce) {
      return writer ? "TAPE_END" : "DENIED";
    }
    objects.subList(at, objects.size()).clear();
    return place(at, 0, 0, Mood.PLAIN);
  }

  private String forwardMarks(int count) {
    int left = count;
    while (left > 0) {
      if (at == objects.size()) {
        block = -1;
        mood = Mood.END;
        return "TAPE_END";
      }
      left -= forward() ? 1 : 0;
      mood = Mood.BEHIND_MARK;
    }
    return "ok";
  }

  private String backMarks(int count) {
    int left = count;
    while (left > 0) {
      if (at == 0) {
        place(0, 0, 0, Mood.PLAIN);
        return "TAPE_END";
      }
      left -= back() ? 1 : 0;
      block = -1;
      mood = Mood.PLAIN;
    }
    return "ok";
  }

  private String forwardRecords(int count) {
    mood = Mood.PLAIN;
    for (int left = count; left > 0; left--) {
      if (at == objects.size()) {
        mood = Mood.END;
        return "TAPE_END";
      }
      if (forward()) {
        mood = Mood.BEHIND_MARK;
        return "TAPE_END";
      }
    }
    return "ok";
  }

  private String backRecords(int count) {
    mood = Mood.PLAIN;
    for (int left = count; left > 0; left--) {
      if (at == 0) {
        place(0, 0, 0, Mood.PLAIN);
        return "TAPE_END";
      }
      if (back()) {
        return "TAPE_END";
      }
    }
    return "ok";
  }

  private String seek(int wanted) {
    int end = objects.size();
    if (wanted == 0) {
      return place(0, 0, 0, Mood.PLAIN);
    }
    place(Math.min(wanted, end), -1, -1, Mood.PLAIN);
    return wanted > end ? "TAPE_END" : "ok";
  }

  String place() {
    String where = block != 0 ? "" : file == 0 ? " BOT" : " EOF";
    String end =
        switch (mood) {
          case WARNED_NEXT -> " EOT";
          case REFUSED_ONCE, END -> " EOD";
          default -> "";
        };
    return file + "/" + block + where + end;
  }

  String content() {
    StringBuilder found = new StringBuilder();
    for (String each : objects) {
      found.append(each.isEmpty() ? "|" : each.length() == 1 ? each : "[" + each + "]");
    }
    return found.toString();
  }
}
