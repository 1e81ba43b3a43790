package org.copybay.fs.transport.dev;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.Request;
import org.jspecify.annotations.Nullable;

/**
 * The request that lies in a worker's buffer: its header, kept apart because the answer overwrites
 * it, and its arguments, to be read before that. Belongs to one thread.
 */
final class Incoming implements Request {

  private static final int ARGUMENTS = RequestBuffer.REQUEST + Wire.IN_HEADER;
  private static final int TEXT_MAX = 4095;

  private final ByteBuffer memory;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private int length;
  private int opcode;
  private long unique;
  private long node;
  private int uid;
  private int gid;
  private int pid;
  private int textAt;

  Incoming(ByteBuffer memory) {
    this.memory = memory;
  }

  /** Takes over the header of a request of this many bytes. */
  void load(int received) {
    int at = RequestBuffer.REQUEST;
    length = received;
    opcode = memory.getInt(at + 4);
    unique = memory.getLong(at + 8);
    node = memory.getLong(at + 16);
    uid = memory.getInt(at + 24);
    gid = memory.getInt(at + 28);
    pid = memory.getInt(at + 32);
  }

  @Override
  public long unique() {
    return unique;
  }

  @Override
  public int uid() {
    return uid;
  }

  @Override
  public int gid() {
    return gid;
  }

  @Override
  public int pid() {
    return pid;
  }

  long node() {
    return node;
  }

  /** What is asked for, or null if it is not known here. */
  @Nullable Opcode opcode() {
    return Opcode.of(opcode);
  }

  /** The 32-bit value at this offset of the arguments. */
  int intAt(int offset) {
    return memory.getInt(ARGUMENTS + offset);
  }

  /** The 64-bit value at this offset of the arguments. */
  long longAt(int offset) {
    return memory.getLong(ARGUMENTS + offset);
  }

  /** How many bytes the arguments have from this offset on. */
  int bytesFrom(int offset) {
    return length - Wire.IN_HEADER - offset;
  }

  /** The name of a directory entry that begins at this offset of the arguments. */
  String nameAt(int offset) throws FuseException {
    textAt = ARGUMENTS + offset;
    return nextName();
  }

  /** The name that follows the one read before. */
  String nextName() throws FuseException {
    return nextText(Wire.NAME_MAX);
  }

  /** The text that follows the name read before. */
  String nextText() throws FuseException {
    return nextText(TEXT_MAX);
  }

  private String nextText(int maxBytes) throws FuseException {
    int begin = textAt;
    int end = begin;
    int limit = RequestBuffer.REQUEST + length;
    while (end < limit && memory.get(end) != 0) {
      end++;
    }
    textAt = end + 1;
    if (end - begin > maxBytes) {
      throw new FuseException(Errno.ENAMETOOLONG);
    }
    try {
      return utf8.decode(memory.slice(begin, end - begin)).toString();
    } catch (CharacterCodingException e) {
      throw new FuseException(Errno.EILSEQ);
    }
  }

  @Override
  public String toString() {
    Opcode known = opcode();
    return "op="
        + (known != null ? known : opcode)
        + " node="
        + node
        + " unique="
        + unique
        + " uid="
        + uid
        + " pid="
        + pid
        + " length="
        + length;
  }
}
