package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FaultLog;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.fs.transport.Statfs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests as the kernel sends them, without a kernel. */
class DispatcherTest {

  private static final long UNIQUE = 99;
  private static final long NODE = 5;

  private final List<String> calls = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Interrupts interrupts = new Interrupts();
  private RequestBuffer buffer;
  private Dispatcher dispatcher;

  @BeforeEach
  void open() throws IOException {
    buffer = new RequestBuffer();
    dispatcher =
        new Dispatcher(
            new Recorder(), buffer, new FaultLog((text, fault) -> faults.add(text)), interrupts);
  }

  @AfterEach
  void close() {
    buffer.close();
  }

  /** Puts a request into the buffer and serves it. */
  private int serve(Opcode opcode, Consumer<ByteBuffer> arguments) {
    return serve(opcode.number(), arguments);
  }

  private int serve(int opcode, Consumer<ByteBuffer> arguments) {
    ByteBuffer memory = buffer.memory();
    memory.clear().position(RequestBuffer.REQUEST);
    memory.putInt(0).putInt(opcode).putLong(UNIQUE).putLong(NODE);
    memory.putInt(1000).putInt(1001).putInt(4711).putInt(0);
    arguments.accept(memory);
    int length = memory.position() - RequestBuffer.REQUEST;
    memory.clear();
    return dispatcher.serve(length);
  }

  private static byte[] name(String... names) {
    return (String.join("\0", names) + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private int error() {
    assertThat(buffer.memory().getLong(RequestBuffer.ANSWER + 8)).isEqualTo(UNIQUE);
    return -buffer.memory().getInt(RequestBuffer.ANSWER + 4);
  }

  @Test
  void aWriteFindsItsBytesPageAlignedAndAnswersWhatItTook() {
    int length =
        serve(
            Opcode.WRITE,
            in -> {
              in.putLong(7).putLong(8192).putInt(3).putInt(0).putLong(0);
              in.putInt(OpenFlags.O_DSYNC).putInt(0).put(new byte[] {'a', 'b', 'c'});
            });

    assertThat(calls).containsExactly("write 5 7 8192 abc durable uid=1000 gid=1001 pid=4711");
    assertThat(length).isEqualTo(16 + 8);
    assertThat(error()).isZero();
    assertThat(buffer.body().getInt(0)).isEqualTo(2);
  }

  @Test
  void aPageThatIsWrittenBackSaysSo() {
    serve(
        Opcode.WRITE,
        in -> {
          in.putLong(7).putLong(8192).putInt(3).putInt(1).putLong(0);
          in.putInt(0).putInt(0).put(new byte[] {'a', 'b', 'c'});
        });

    assertThat(calls).containsExactly("write 5 7 8192 abc back uid=1000 gid=1001 pid=4711");
  }

  @Test
  void aReadIsAnsweredWithTheBytesThatWerePut() {
    int length =
        serve(
            Opcode.READ,
            in -> in.putLong(7).putLong(512).putInt(100).putInt(0).putLong(0).putLong(0));

    assertThat(calls).containsExactly("read 5 7 512 100");
    assertThat(length).isEqualTo(16 + 5);
    assertThat(buffer.body().get(4)).isEqualTo((byte) 'o');
  }

  @Test
  void twoNamesOfARenameAreTakenApart() {
    int length =
        serve(Opcode.RENAME2, in -> in.putLong(6).putInt(1).putInt(0).put(name("old", "näw")));

    assertThat(calls).containsExactly("rename 5 old 6 näw 1");
    assertThat(length).isEqualTo(16);
  }

  @Test
  void aChangeOfAttributesTellsWhatCounts() {
    serve(
        Opcode.SETATTR,
        in -> {
          in.putInt(8 | 32 | 64 | 128).putInt(0).putLong(7).putLong(4096).putLong(0);
          in.putLong(1).putLong(-2).putLong(3).putInt(1).putInt(2).putInt(3);
          in.putInt(0).putInt(0).putInt(0).putInt(0).putInt(0);
        });

    assertThat(calls).containsExactly("setattr 5 7 size=4096 mode=false now=true -1999999998");
  }

  @Test
  void aRefusalAnswersItsNumberAndNoBytes() {
    int length = serve(Opcode.LOOKUP, in -> in.put(name("nothing")));

    assertThat(length).isEqualTo(16);
    assertThat(error()).isEqualTo(Errno.ENOENT.number());
  }

  @Test
  void aFaultOfTheHandlerIsAnsweredWithEioAndReportedOnce() {
    for (int i = 0; i < 2; i++) {
      serve(Opcode.LOOKUP, in -> in.put(name("fault")));

      assertThat(error()).isEqualTo(Errno.EIO.number());
    }
    assertThat(faults).hasSize(1);
    assertThat(faults.get(0)).contains("op=LOOKUP node=5 unique=99 uid=1000 pid=4711");
  }

  @Test
  void namesThatAreTooLongOrNotUtf8AreRefused() {
    serve(Opcode.LOOKUP, in -> in.put(name("x".repeat(256))));
    assertThat(error()).isEqualTo(Errno.ENAMETOOLONG.number());

    serve(Opcode.LOOKUP, in -> in.put(new byte[] {(byte) 0xff, 'x', 0}));
    assertThat(error()).isEqualTo(Errno.EILSEQ.number());
    assertThat(calls).isEmpty();
  }

  @Test
  void whatIsNotKnownOrNotOverriddenIsEnosysOrEperm() {
    serve(22, in -> in.putLong(0).put(name("security.capability")));
    assertThat(error()).isEqualTo(Errno.ENOSYS.number());

    ioctl(0, 0x6d01, 0, 0, "");
    assertThat(error()).isEqualTo(Errno.ENOTTY.number());

    serve(5000, in -> {});
    assertThat(error()).isEqualTo(Errno.ENOSYS.number());

    serve(Opcode.MKDIR, in -> in.putInt(0755).putInt(022).put(name("d")));
    assertThat(error()).isEqualTo(Errno.EPERM.number());
  }

  /** An ioctl as the kernel sends it, with bytes of the caller behind it. */
  private int ioctl(int flags, int command, int inBytes, int outBytes, String bytes) {
    return serve(
        Opcode.IOCTL,
        in -> {
          in.putLong(7).putInt(flags).putInt(command).putLong(0x7fff_0000_0000L);
          in.putInt(inBytes).putInt(outBytes).put(bytes.getBytes(StandardCharsets.UTF_8));
        });
  }

  private String answered(int at, int length) {
    byte[] bytes = new byte[length];
    buffer.body().get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void anIoctlFindsTheBytesOfTheCallerAndSendsItsOwn() {
    int length = ioctl(0, 0xc0086d7f, 8, 8, "question");

    assertThat(calls).containsExactly("ioctl 5 7 c0086d7f question");
    assertThat(length).isEqualTo(16 + 16 + 8);
    assertThat(error()).isZero();
    assertThat(buffer.body().getLong(0)).isZero();
    assertThat(buffer.body().getLong(8)).isZero();
    assertThat(answered(16, 8)).isEqualTo("answered");
  }

  @Test
  void anIoctlThatBringsNothingFindsZerosAndNoBytesOfEarlierRequests() {
    serve(
        Opcode.WRITE,
        in -> {
          in.putLong(7).putLong(0).putInt(100).putInt(0).putLong(0).putInt(0).putInt(0);
          in.put("secret ".repeat(100).getBytes(StandardCharsets.UTF_8));
        });
    calls.clear();

    assertThat(ioctl(0, 0x80306d02, 0, 48, "")).isEqualTo(16 + 16 + 48);
    assertThat(calls).containsExactly("ioctl 5 7 80306d02 " + "\0".repeat(48));
    assertThat(answered(16, 48)).isEqualTo("answered" + "\0".repeat(40));
  }

  @Test
  void anIoctlThatOnlyBringsBytesIsAnsweredWithoutAny() {
    assertThat(ioctl(0, 0x40086d01, 8, 0, "question")).isEqualTo(16 + 16);
    assertThat(calls).containsExactly("ioctl 5 7 40086d01 question");
  }

  @Test
  void anIoctlOnADirectoryOfA32BitProgramOrWithPointersIsEnotty() {
    for (int flag = 1; flag <= 1 << 6; flag <<= 1) {
      assertThat(ioctl(flag, 0x40086d01, 8, 0, "question")).isEqualTo(16);
      assertThat(error()).isEqualTo(Errno.ENOTTY.number());
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void anIoctlOfMoreBytesThanThereAreOrThanTheAnswerHoldsIsRefused() {
    ioctl(0, 0x40086d01, 9, 0, "question");
    assertThat(error()).isEqualTo(Errno.EIO.number());

    ioctl(0, 0x80086d03, 0, (1 << 20) - 15, "");
    assertThat(error()).isEqualTo(Errno.E2BIG.number());
    ioctl(0, 0xc0086d7f, -1, -1, "");
    assertThat(error()).isEqualTo(Errno.E2BIG.number());
    assertThat(calls).isEmpty();
    assertThat(faults).isEmpty();
  }

  @Test
  void forgetsAndInterruptsHaveNoAnswer() {
    assertThat(serve(Opcode.FORGET, in -> in.putLong(3))).isZero();
    assertThat(
            serve(
                Opcode.BATCH_FORGET,
                in -> in.putInt(2).putInt(0).putLong(8).putLong(1).putLong(9).putLong(2)))
        .isZero();
    assertThat(serve(Opcode.INTERRUPT, in -> in.putLong(12))).isZero();

    assertThat(calls).containsExactly("forget 5 3", "forget 8 1", "forget 9 2");
  }

  @Test
  void anInterruptIsKnownToTheRequestThatComesBehindItToo() {
    serve(Opcode.FORGET, in -> in.putLong(3));
    assertThat(dispatcher.interrupted()).isFalse();
    serve(Opcode.INTERRUPT, in -> in.putLong(UNIQUE));
    assertThat(dispatcher.interrupted()).isTrue();
  }

  @Test
  void theLatestInterruptsAreKept() {
    for (long unique = 1; unique <= 4 * WorkerPool.LIMIT + 1; unique++) {
      interrupts.add(unique);
    }
    assertThat(interrupts.has(1)).isFalse();
    assertThat(interrupts.has(2)).isTrue();
    assertThat(interrupts.has(4L * WorkerPool.LIMIT + 1)).isTrue();
  }

  /** Writes down what it is asked. */
  private final class Recorder implements FuseHandler {

    @Override
    public void lookup(Request request, long parent, String name, EntryReply reply)
        throws FuseException {
      if (name.equals("fault")) {
        throw new UnsupportedOperationException("a fault that a test asked for");
      }
      throw new FuseException(Errno.ENOENT);
    }

    @Override
    public void forget(long node, long count) {
      calls.add("forget " + node + " " + count);
    }

    @Override
    public void getattr(Request request, long node, long handle, AttrReply reply) {
      calls.add("getattr " + node);
    }

    @Override
    public void setattr(
        Request request, long node, long handle, AttrChange change, AttrReply reply) {
      calls.add(
          "setattr %d %d size=%d mode=%b now=%b %d"
              .formatted(
                  node,
                  handle,
                  change.size(),
                  change.hasMode(),
                  change.accessTimeIsNow(),
                  change.modifyNanos()));
    }

    @Override
    public void open(Request request, long node, int flags, OpenReply reply) {}

    @Override
    public int read(Request request, long node, long handle, long offset, ByteBuffer target) {
      calls.add("read " + node + " " + handle + " " + offset + " " + target.remaining());
      target.put("hello".getBytes(StandardCharsets.UTF_8));
      return 5;
    }

    @Override
    public int write(
        Request request, long node, long handle, long offset, ByteBuffer source, int flags) {
      assertThat(source.isDirect()).isTrue();
      assertThat(source.alignmentOffset(0, 4096)).isZero();
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      calls.add(
          "write %d %d %d %s %s uid=%d gid=%d pid=%d"
              .formatted(
                  node,
                  handle,
                  offset,
                  new String(bytes, StandardCharsets.UTF_8),
                  OpenFlags.durable(flags)
                      ? "durable"
                      : OpenFlags.writtenBack(flags) ? "back" : "plain",
                  request.uid(),
                  request.gid(),
                  request.pid()));
      return 2;
    }

    @Override
    public void rename(
        Request request, long parent, String name, long newParent, String newName, int flags) {
      calls.add("rename %d %s %d %s %d".formatted(parent, name, newParent, newName, flags));
    }

    @Override
    public void ioctl(Request request, long node, long handle, int command, ByteBuffer data)
        throws FuseException {
      if (!data.hasRemaining()) {
        FuseHandler.super.ioctl(request, node, handle, command, data);
      }
      assertThat(data.isDirect()).isTrue();
      assertThat(data.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(data.position()).isZero();
      byte[] bytes = new byte[data.remaining()];
      data.get(0, bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      calls.add("ioctl %d %d %x %s".formatted(node, handle, command, text));
      data.put("answered".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void readdir(Request request, long node, long handle, long offset, DirectorySink sink) {}

    @Override
    public Statfs statfs(Request request, long node) {
      return new Statfs(4096, 1, 1, 1, 1, 1);
    }
  }
}
