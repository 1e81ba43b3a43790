package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The one thread that tells the kernel what to forget, in the order of the calls.
 *
 * <p>A notice blocks in the kernel while a READ or partial-page WRITE of its node is unanswered.
 * That is why no worker ever sends one: it might wait for itself.
 */
final class Notifier implements Runnable {

  private static final int INVAL_INODE = 2;

  private final int device;
  private final RequestBuffer buffer = new RequestBuffer();
  private final LinkedBlockingQueue<Notice> queue = new LinkedBlockingQueue<>();

  // volatile: set once by the thread that ends the session
  private volatile boolean over;

  /** One message without its header. The last notice of all has code 0. */
  private record Notice(int code, ByteBuffer message, CompletableFuture<Void> sent) {}

  /** The notifier of a connection; {@code device} stays open as long as {@link #run} runs. */
  Notifier(int device) throws IOException {
    this.device = device;
  }

  /** Offset and length as in the protocol: length 0 is all the rest, offset -1 no bytes at all. */
  CompletableFuture<Void> invalidateInode(long node, long offset, long length) {
    ByteBuffer message = message(24);
    message.putLong(node).putLong(offset).putLong(length);
    return enqueue(INVAL_INODE, message);
  }

  /** Ends the thread; what is still to be sent counts as sent, as nothing is cached any more. */
  void end() {
    over = true;
    queue.add(new Notice(0, message(0), new CompletableFuture<>()));
  }

  @Override
  public void run() {
    try (buffer) {
      while (!over) {
        Notice notice = queue.take();
        if (over) {
          notice.sent().complete(null);
        } else {
          send(notice);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over = true;
      release();
    }
  }

  private CompletableFuture<Void> enqueue(int code, ByteBuffer message) {
    Notice notice = new Notice(code, message, new CompletableFuture<>());
    queue.add(notice);
    if (over) {
      release();
    }
    return notice.sent();
  }

  private void send(Notice notice) {
    int length = Wire.OUT_HEADER + notice.message().limit();
    buffer.body().put(0, notice.message(), 0, notice.message().limit());
    buffer.answerHeader(length, notice.code(), 0);
    if (Posix.LIBC.write(device, buffer.answerAddress(), length) == length) {
      notice.sent().complete(null);
      return;
    }
    int errno = Posix.errno();
    switch (errno) {
      case Posix.ENOENT, Posix.ENODEV, Posix.ENOTCONN, Posix.ECONNABORTED ->
          notice.sent().complete(null);
      default -> notice.sent().completeExceptionally(Posix.failure("invalidation", errno));
    }
  }

  private static ByteBuffer message(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Completes what nobody will send. */
  private void release() {
    for (Notice notice = queue.poll(); notice != null; notice = queue.poll()) {
      notice.sent().complete(null);
    }
  }
}
