package org.copybay.control.command;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.copybay.control.report.Blame;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * INV-1 A line runs at most once, in the order in which it was written.
 * INV-2 After a refused line nothing runs on this handle any more: every later write gets the same
 *       error, because shells go on sending lines after one has failed.
 * INV-3 The bytes that a write reports as taken are those up to the end of the last good line, so
 *       that who retries the rest of a short write meets the error.
 * INV-4 A line that ended with a line end, or that came in a write of less than 4096 bytes, runs in
 *       that write; only the unfinished end of a longer one waits, as stdio cuts a long batch
 *       anywhere.
 * INV-5 A line without its line end may be cut off anywhere: its writer was killed, or a pipe gave
 *       it in two pieces. It destroys nothing.
 */
/** One open ctl file: what is written to it becomes commands, what is read is their replies. */
public final class CtlSession implements AutoCloseable {
  /** The most that one batch, and so one line, may have. */
  static final int MAX_BATCH_BYTES = 64 * 1024;

  static final int MAX_BATCH_LINES = 1024;

  /** A shorter write is complete without a line end; stdio buffers have this size or more. */
  static final int COMPLETE_BELOW_BYTES = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(CtlSession.class);

  // set once
  private final Interpreter interpreter;
  private final ErrorLog errors;
  private final Turns turns;
  private final Scope scope;
  private final Caller caller;
  private final byte[] usage;
  private final RankedLock lock;

  private volatile boolean written; // volatile: set under lock by a write, read by every read

  // guarded by lock
  private final ReplyBuffer replies = new ReplyBuffer();
  private byte[] pending = {};
  private @Nullable StorageException dead;
  private boolean closed;

  CtlSession(
      Interpreter interpreter,
      ErrorLog errors,
      Turns turns,
      Scope scope,
      Caller caller,
      String usage) {
    this.interpreter = interpreter;
    this.errors = errors;
    this.turns = turns;
    this.scope = scope;
    this.caller = caller;
    this.usage = usage.getBytes(StandardCharsets.UTF_8);
    this.lock = turns.join(scope);
  }

  /**
   * Runs the lines of one write(2).
   *
   * @param offset where the kernel believes to write; only replies are placed by it
   * @return how many bytes were taken, up to the end of the last line that took effect
   */
  public int write(long offset, ByteBuffer source) throws StorageException {
    try (var held = lock.enter()) {
      if (dead != null) {
        throw dead;
      }
      written = true;
      int length = source.remaining();
      byte[] batch = Arrays.copyOf(pending, pending.length + length);
      source.get(batch, pending.length, length);
      int before = pending.length;
      pending = new byte[0];
      requireLimits(batch, length < COMPLETE_BELOW_BYTES);
      StringBuilder answers = new StringBuilder();
      int good = runLines(batch, length < COMPLETE_BELOW_BYTES, answers) - before;
      if (dead != null && good <= 0) {
        throw dead;
      }
      replies.add(offset, good, answers.toString());
      return good;
    }
  }

  private void requireLimits(byte[] batch, boolean complete) throws StorageException {
    int lines = complete && batch.length > 0 && batch[batch.length - 1] != '\n' ? 1 : 0;
    for (byte octet : batch) {
      lines += octet == '\n' ? 1 : 0;
    }
    if (batch.length > MAX_BATCH_BYTES) {
      throw tooLong(MAX_BATCH_BYTES + " bytes, got " + batch.length);
    }
    if (lines > MAX_BATCH_LINES) {
      throw tooLong(MAX_BATCH_LINES + " lines, got " + lines);
    }
  }

  private StorageException tooLong(String limit) {
    StorageException error =
        new StorageException(
            Fault.TOO_LONG,
            "a batch has at most " + limit + "; nothing of it ran",
            "fewer lines in one write, as split -l 500 makes them");
    dead = error;
    errors.report(caller, scope.path(), error);
    return error;
  }

  /** Runs line by line; returns the index behind the last line that was good or is kept back. */
  private int runLines(byte[] batch, boolean complete, StringBuilder answers) {
    int start = 0;
    while (start < batch.length) {
      int end = start;
      while (end < batch.length && batch[end] != '\n') {
        end++;
      }
      if (end == batch.length && !complete) {
        pending = Arrays.copyOfRange(batch, start, end);
        return end;
      }
      if (!runLine(Arrays.copyOfRange(batch, start, end), end < batch.length, answers)) {
        return start;
      }
      start = Math.min(end + 1, batch.length);
    }
    return start;
  }

  /** Runs one line; a refusal goes to the error log and ends this handle. */
  private boolean runLine(byte[] octets, boolean finished, StringBuilder answers) {
    // Files from other systems end their lines with CR LF.
    int length =
        octets.length > 0 && octets[octets.length - 1] == '\r' ? octets.length - 1 : octets.length;
    String line = new String(octets, 0, length, StandardCharsets.UTF_8);
    try {
      requireText(octets, length, line);
      if (!finished && interpreter.destroys(scope, line)) {
        throw RefusedException.badRequest(
            line.length(),
            "a line without a line end may be cut off: a destructive command needs its line end",
            "end it with a line end, as echo does");
      }
      String reply = interpreter.run(scope, caller, line);
      if (reply != null) {
        answers.append(reply).append('\n');
      }
      return true;
    } catch (RefusedException e) {
      refuse(line, e);
    } catch (RuntimeException | Error e) {
      LOG.error("ctl={} line={}", scope.path(), line, e);
      refuse(
          line,
          new RefusedException(
              new StorageException(Fault.STORE_FAILED, "internal error: " + e, null, e), 0));
    }
    return false;
  }

  private void refuse(String line, RefusedException refusal) {
    dead = refusal.error();
    errors.report(
        caller,
        scope.path(),
        refusal.error(),
        new Blame(line, refusal.column()),
        refusal.outcomes());
  }

  private static void requireText(byte[] octets, int length, String line) throws RefusedException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length));
    } catch (CharacterCodingException e) {
      // The first replacement character that was not written as one stands for the bad byte.
      throw RefusedException.badRequest(
          Math.max(0, line.indexOf('\ufffd')),
          "the line is not UTF-8 text from this byte on",
          "cat .control/ctl shows what it takes");
    }
  }

  /** Reads replies, or before the first write the usage text; 0 at the end. */
  public int read(long offset, ByteBuffer target) {
    if (!written) {
      return readUsage(offset, target); // without the lock: another shell's command may be waiting
    }
    try (var held = lock.enter()) {
      return replies.read(offset, target);
    }
  }

  private int readUsage(long offset, ByteBuffer target) {
    if (offset >= usage.length) {
      return 0;
    }
    int length = Math.min(target.remaining(), usage.length - (int) offset);
    target.put(usage, (int) offset, length);
    return length;
  }

  /** Size of the usage text. */
  public long size() {
    return usage.length;
  }

  /**
   * Runs a line that was kept back, but none that destroys (INV-5); nobody hears its error any
   * more, but it can be read.
   */
  @Override
  public void close() {
    try (var held = lock.enter()) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        if (dead == null && pending.length > 0) {
          runLine(pending, false, new StringBuilder());
        }
      } finally {
        turns.leave(scope);
      }
    }
  }
}
