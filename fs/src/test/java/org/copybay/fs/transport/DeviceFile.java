package org.copybay.fs.transport;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file system with one file, {@value #NAME}, which stands for a device: without positions, and
 * with commands as a tape drive has them. It writes down what it is asked.
 */
final class DeviceFile implements FuseHandler {

  static final String NAME = "device";

  private static final int MTIOCTOP = 0x40086d01;
  private static final int MTIOCGET = 0x80306d02;
  private static final int FS_IOC_GETFLAGS = 0x80086601;

  /** Commands that no device has: bytes go there and back, and none at all. */
  private static final int TURN = 0xc0086d7f;

  private static final int NUDGE = 0x6d7e;

  private static final long NODE = 2;
  private static final int PATTERN = 251;

  /** What was asked, in order: "write 512" and the like. */
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  /** True once two reads or writes were at work at the same time. */
  final AtomicBoolean together = new AtomicBoolean();

  private final AtomicInteger working = new AtomicInteger();

  @Override
  public void lookup(Request request, long parent, String name, EntryReply reply)
      throws FuseException {
    if (!name.equals(NAME)) {
      throw new FuseException(Errno.ENOENT);
    }
    fill(NODE, reply.node(NODE).attr());
  }

  @Override
  public void forget(long node, long count) {}

  @Override
  public void getattr(Request request, long node, long handle, AttrReply reply) {
    fill(node, reply.attr());
  }

  private static void fill(long node, FuseAttr attr) {
    int mode = node == ROOT ? FileMode.S_IFDIR | 0755 : FileMode.S_IFREG | 0644;
    attr.ino(node).mode(mode).links(1);
  }

  @Override
  public void open(Request request, long node, int flags, OpenReply reply) {
    reply.handle(7).nonSeekable();
  }

  private void begin() {
    if (working.incrementAndGet() > 1) {
      together.set(true);
    }
    for (int i = 0; i < 20_000; i++) { // others may come meanwhile
      Thread.onSpinWait();
    }
  }

  @Override
  public int read(Request request, long node, long handle, long offset, ByteBuffer target) {
    begin();
    int count = target.remaining();
    for (int i = 0; i < count; i++) {
      target.put((byte) (i % PATTERN));
    }
    calls.add("read " + count);
    working.decrementAndGet();
    return count;
  }

  @Override
  public int write(
      Request request, long node, long handle, long offset, ByteBuffer source, int flags) {
    begin();
    int count = source.remaining();
    boolean intact = true;
    for (int i = 0; i < count; i++) {
      intact &= source.get() == (byte) (i % PATTERN);
    }
    calls.add("write " + count + (intact ? "" : " of other bytes"));
    working.decrementAndGet();
    return count;
  }

  @Override
  public void ioctl(Request request, long node, long handle, int command, ByteBuffer data)
      throws FuseException {
    int bytes = data.remaining();
    switch (command) {
      case MTIOCTOP -> {
        int count = data.getInt(4);
        calls.add("operation " + data.getShort(0) + " " + count + " of " + bytes);
        if (count < 0) {
          throw new FuseException(Errno.EIO);
        }
      }
      case MTIOCGET -> {
        calls.add("get " + data.getLong(0) + " " + data.getLong(40) + " of " + bytes);
        data.putLong(0, 0x72).putInt(40, 3).putInt(44, -1);
      }
      case TURN -> data.putLong(0, Long.reverse(data.getLong(0)));
      case NUDGE -> calls.add("nudge of " + bytes);
      case FS_IOC_GETFLAGS -> {
        calls.add("flags of " + bytes);
        data.putInt(0, 0x40);
      }
      default -> throw new FuseException(Errno.ENOTTY);
    }
  }

  @Override
  public void readdir(Request request, long node, long handle, long offset, DirectorySink sink) {}

  @Override
  public Statfs statfs(Request request, long node) {
    return new Statfs(4096, 1, 1, 1, 1, 1);
  }
}
