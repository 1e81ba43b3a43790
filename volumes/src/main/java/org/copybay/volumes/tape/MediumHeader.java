package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The first tape file of a cartridge that was initialized: volume labels of 80 bytes in ASCII by
 * ANSI X3.27, which programs for labelled tapes know, and a filemark.
 *
 * <pre>
 *   VOL1  volume id (first 6 of the barcode), owner COPYBAY, label standard 4
 *   UVL1  medium id
 *   UVL2  barcode
 *   UVL3  label of the user, its first 76 characters
 * </pre>
 *
 * @param medium id of the cartridge
 * @param barcode of it
 * @param label text of its user
 */
public record MediumHeader(UUID medium, String barcode, String label) {
  /** Objects of it: labels and the filemark. */
  public static final int OBJECTS = 5;

  private static final int LABEL_BYTES = 80;
  private static final int ID_LENGTH = 6;
  private static final String OWNER = "COPYBAY";
  private static final Pattern UUID_TEXT = Pattern.compile("UVL1([0-9a-f-]{36}) *");

  /** Puts it on a blank cartridge; it survives power loss. */
  public void write(Cartridge tape) throws StorageException {
    for (String text : texts()) {
      byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), LABEL_BYTES);
      tape.append(ByteBuffer.allocateDirect(LABEL_BYTES).put(bytes).flip());
    }
    tape.mark(1, true);
  }

  private List<String> texts() {
    String id = barcode.length() < ID_LENGTH ? barcode : barcode.substring(0, ID_LENGTH);
    return List.of(
        String.format("VOL1%-6s %-26s%-14s%-28s4", id, "", OWNER, ""),
        String.format("UVL1%-76s", medium),
        String.format("UVL2%-76s", barcode),
        String.format("UVL3%-76.76s", label.replaceAll("[^ -~]", "?")));
  }

  /** The header that a cartridge begins with, or null where it begins with something else. */
  public static @Nullable MediumHeader read(Cartridge tape) throws StorageException {
    if (tape.end().objects() < OBJECTS || !tape.isMark(OBJECTS - 1)) {
      return null;
    }
    String[] texts = new String[OBJECTS - 1];
    for (int i = 0; i < texts.length; i++) {
      if (tape.length(i) != LABEL_BYTES) {
        return null;
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect(LABEL_BYTES);
      tape.read(i, bytes);
      texts[i] = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }
    Matcher id = UUID_TEXT.matcher(texts[1]);
    boolean ours =
        texts[0].startsWith("VOL1")
            && id.matches()
            && texts[2].startsWith("UVL2")
            && texts[3].startsWith("UVL3");
    return ours
        ? new MediumHeader(
            UUID.fromString(id.group(1)),
            texts[2].substring(4).strip(),
            texts[3].substring(4).strip())
        : null;
  }
}
