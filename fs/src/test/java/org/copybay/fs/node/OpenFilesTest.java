package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.volumes.bay.BlockFile;
import org.copybay.volumes.bay.GapKeeper;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.junit.jupiter.api.Test;

/** What comes with a handle, for a file that is no volume. */
class OpenFilesTest {
  private static final int DIRECT_IO = 1;
  private static final int KEEP_CACHE = 2;

  private final Bytes file = new Bytes();
  private final OpenReply reply = new OpenReply();

  private long open(OpenFiles files) {
    reply.clear();
    files.answer(new OpenFile(file, new Opener(1, true), false), OpenFlags.O_RDWR, reply);
    return reply.handle();
  }

  private static OpenFiles files(boolean sync) {
    return new OpenFiles(null, sync); // nothing is refused here
  }

  @Test
  void theKernelKeepsThePagesUnlessTheBytesChangeBehindIt() {
    OpenFiles files = files(false);

    open(files);
    assertThat(reply.flags()).isEqualTo(KEEP_CACHE);

    file.keepsPages = false;
    open(files);
    assertThat(reply.flags()).isEqualTo(DIRECT_IO);
  }

  @Test
  void aWriteIsFencedWhereTheMountTheOpenOrTheProgramAsksForIt() throws Exception {
    OpenFiles plain = files(false);
    long handle = open(plain);
    plain.write(null, handle, 0, ByteBuffer.allocate(10), 0);
    assertThat(file.fences).isZero();
    plain.write(null, handle, 0, ByteBuffer.allocate(10), OpenFlags.O_DSYNC);
    assertThat(file.fences).isEqualTo(1);
    plain.fsync(null, handle);
    assertThat(file.fences).isEqualTo(2);

    OpenFiles sync = files(true);
    sync.write(null, open(sync), 0, ByteBuffer.allocate(10), 0);
    assertThat(file.fences).isEqualTo(3);
  }

  @Test
  void aHandleEndsOnceAndIsUnknownAfterwards() {
    OpenFiles files = files(false);
    long handle = open(files);

    files.release(handle);
    files.release(handle);
    files.releaseAll();

    assertThat(file.closes).isEqualTo(1);
    assertThatThrownBy(() -> files.fsync(null, handle))
        .isInstanceOfSatisfying(
            FuseException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
  }

  @Test
  void aCutConnectionEndsWhatIsOpenOfAFileThatIsNotInTheMaking() {
    OpenFiles files = files(false);
    open(files);
    open(files);

    files.releaseAll();

    assertThat(file.closes).isEqualTo(2);
  }

  /** Counts fences and closes, and has no bytes. */
  private static final class Bytes implements BlockFile {
    private static final long SIZE = 4096;

    boolean keepsPages = true;
    int fences;
    int closes;
    private final GapKeeper gaps = new GapKeeper();

    @Override
    public String path() {
      return "somewhere/" + name();
    }

    @Override
    public String name() {
      return "bytes";
    }

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public boolean making() {
      return false;
    }

    @Override
    public boolean keepsPages() {
      return keepsPages;
    }

    @Override
    public GapKeeper gaps() {
      return gaps;
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      return 0;
    }

    @Override
    public int write(long offset, ByteBuffer source) {
      return source.remaining();
    }

    @Override
    public void zero(long offset, long length, boolean keepSpace) {}

    @Override
    public void reserve(long offset, long length, boolean keepSize) {}

    @Override
    public void flush() {
      fences++;
    }

    @Override
    public long seek(long offset, boolean data) {
      return -1;
    }

    @Override
    public void setSize(long size) {}

    @Override
    public void requireRoom(long offset) {}

    @Override
    public void zeroGap(long offset, long length) {}

    @Override
    public void closed(OpenFile open) {
      closes++;
    }
  }
}
