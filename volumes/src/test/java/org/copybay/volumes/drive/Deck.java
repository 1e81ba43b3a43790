package org.copybay.volumes.drive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * A drive with a cartridge in memory, worked by a script as "fsf 1, read 9, place". Its steps are
 * the words of mt(1), and those of {@link #step}.
 */
final class Deck implements DriveEvents {
  static final int LTO4 = 0x46;
  static final long ROOMY = 1L << 40;

  /** Numbers of linux/mtio.h. */
  private static final Map<String, Integer> MT =
      Map.ofEntries(
          Map.entry("reset", 0),
          Map.entry("fsf", 1),
          Map.entry("bsf", 2),
          Map.entry("fsr", 3),
          Map.entry("bsr", 4),
          Map.entry("weof", 5),
          Map.entry("rewind", 6),
          Map.entry("offline", 7),
          Map.entry("nop", 8),
          Map.entry("retension", 9),
          Map.entry("bsfm", 10),
          Map.entry("fsfm", 11),
          Map.entry("eod", 12),
          Map.entry("erase", 13),
          Map.entry("setblk", 20),
          Map.entry("setdensity", 21),
          Map.entry("seek", 22),
          Map.entry("drvbuffer", 24),
          Map.entry("fss", 25),
          Map.entry("bss", 26),
          Map.entry("wset", 27),
          Map.entry("lock", 28),
          Map.entry("unlock", 29),
          Map.entry("load", 30),
          Map.entry("unload", 31),
          Map.entry("compression", 32),
          Map.entry("setpartition", 33),
          Map.entry("mkpartition", 34),
          Map.entry("weofi", 35));

  final TapeDrive drive = new TapeDrive(0, this);
  final SimulatedStore store = new SimulatedStore(0, 1);
  final Cartridge cartridge;

  /** How often it was said that the tape is about to change, and that its writer is gone. */
  int changes;

  int sessions;
  boolean refusing;

  private Deck(long capacity, @Nullable String refusal, boolean writeOnce, String content)
      throws StorageException {
    Cartridge.format(new UUID(1, 2), 0, store);
    cartridge = Cartridge.open("cartridge VT0001", store, RecoverMode.AUTO, false);
    for (int i = 0; i < content.length(); i++) {
      char each = content.charAt(i);
      if (each == '|') {
        cartridge.mark(1, false);
      } else {
        cartridge.append(Bytes.direct((byte) each));
      }
    }
    TapeRules rules = new Tab(refusal, writeOnce);
    drive.load(new LoadedTape("VT0001", cartridge, rules, capacity, LTO4, false));
  }

  /** A drive with a tape, not open: each letter is a record, each | a filemark. */
  static Deck closed(String content) throws StorageException {
    return new Deck(ROOMY, null, false, content);
  }

  /** The same, open for reading and writing. */
  static Deck tape(String content) throws StorageException {
    return closed(content).ready();
  }

  /** One with that many bytes before the early warning. */
  static Deck small(long capacity) throws StorageException {
    return new Deck(capacity, null, false, "").ready();
  }

  /** One that takes no writes, not open. */
  static Deck refused(String content) throws StorageException {
    return new Deck(ROOMY, "VT0001 is write-protected", false, content);
  }

  /** One that is written at its end only. */
  static Deck worm(long capacity, String content) throws StorageException {
    return new Deck(capacity, null, true, content).ready();
  }

  private Deck ready() throws StorageException {
    open("open");
    return this;
  }

  @Override
  public void beforeChange(TapeDrive which, LoadedTape tape) throws StorageException {
    changes++;
    if (refusing) {
      throw new StorageException(Fault.DENIED, "no changes now");
    }
  }

  @Override
  public void sessionEnded(TapeDrive which, LoadedTape tape) {
    sessions++;
  }

  /** The answers to a script. */
  String run(String script) {
    List<String> answers = new ArrayList<>();
    for (String step : script.split(", ", -1)) {
      answers.add(step(step));
    }
    return String.join(", ", answers);
  }

  /** The answer to one step: the kind of the error that it met, else ok, or what it brought. */
  String step(String step) {
    String[] words = step.split(" ", -1);
    try {
      return switch (words[0]) {
        case "read" -> read(Integer.parseInt(words[1]));
        case "write" -> String.valueOf(write(words[1].getBytes(StandardCharsets.US_ASCII)));
        case "zeros" -> String.valueOf(write(new byte[Integer.parseInt(words[1])]));
        case "open", "openro", "opennb", "openronb" -> open(words[0]);
        case "close", "closerew" -> close(words[0].equals("closerew"));
        case "place" -> place();
        case "tell" -> String.valueOf(drive.tell());
        default -> {
          int count = words.length > 1 ? Integer.decode(words[1]) : 1;
          drive.operate(MT.get(words[0]), count, true);
          yield "ok";
        }
      };
    } catch (StorageException e) {
      return e.fault().name();
    }
  }

  private String read(int bytes) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(bytes);
    int got = drive.read(target);
    if (got != target.position()) {
      throw new IllegalStateException(got + " bytes told, " + target.position() + " put");
    }
    return got == 0 ? "eof" : new String(Bytes.of(target), StandardCharsets.US_ASCII);
  }

  int write(byte... bytes) throws StorageException {
    return drive.write(Bytes.direct(bytes));
  }

  private String open(String how) throws StorageException {
    drive.open(new DriveOpener(77, !how.startsWith("openro"), how.endsWith("nb")));
    return "ok";
  }

  private String close(boolean rewind) throws StorageException {
    drive.close(rewind);
    return "ok";
  }

  /** File and block, and what status says of them: 1/0 EOF. */
  String place() {
    DriveStatus status = drive.status();
    StringBuilder place = new StringBuilder(status.file() + "/" + status.block());
    long general = general();
    for (Map.Entry<String, Long> bit :
        List.of(
            Map.entry("EOF", 0x80000000L),
            Map.entry("BOT", 0x40000000L),
            Map.entry("EOT", 0x20000000L),
            Map.entry("EOD", 0x08000000L),
            Map.entry("OFF", 0x00040000L))) {
      place.append((general & bit.getValue()) == 0 ? "" : " " + bit.getKey());
    }
    return place.toString();
  }

  long general() {
    return statusBytes().getLong(24);
  }

  /** The answer to MTIOCGET. */
  ByteBuffer statusBytes() {
    ByteBuffer answer = ByteBuffer.allocate(DriveStatus.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    drive.status().encode(answer);
    return answer;
  }

  /** What is on the tape: a record of one letter as it is, another as its text in brackets. */
  String content() throws StorageException {
    StringBuilder found = new StringBuilder();
    for (long number = 0; number < cartridge.end().objects(); number++) {
      if (cartridge.isMark(number)) {
        found.append('|');
        continue;
      }
      ByteBuffer record = ByteBuffer.allocateDirect(cartridge.length(number));
      cartridge.read(number, record);
      String text = new String(Bytes.of(record), StandardCharsets.US_ASCII);
      found.append(text.length() == 1 ? text : "[" + text + "]");
    }
    return found.toString();
  }

  /** A write-protect tab, and what WORM refuses. */
  private record Tab(@Nullable String refusal, boolean writeOnce) implements TapeRules {
    @Override
    public void requireChange(long object, long objects, String drive) throws StorageException {
      if (writeOnce && object < objects) {
        throw new StorageException(Fault.TAPE_END, "WORM");
      }
    }

    @Override
    public void requireErase(long object, long objects, String drive) throws StorageException {
      if (writeOnce) {
        throw new StorageException(Fault.TAPE_END, "WORM");
      }
    }
  }
}
