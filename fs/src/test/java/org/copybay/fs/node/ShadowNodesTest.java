package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.fs.node.ShadowBay.REQUEST;
import static org.copybay.fs.node.ShadowBay.SIZE;
import static org.copybay.fs.node.ShadowBay.assertErrno;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.util.Random;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** shadow/ and the virtual unit in it, as the kernel asks for them. */
class ShadowNodesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int DIRECT_IO = 1;
  private static final int KEEP_CACHE = 2;
  private static final int PUNCH = 3;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  @TempDir private Path path;

  private ShadowBay test;
  private BayHandler handler;

  @BeforeEach
  void openBay() throws Exception {
    test = new ShadowBay(path.resolve("bay"));
    handler = test.handler;
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  // ---- names

  @Test
  void theRootHasADirectoryOfUnits() throws Exception {
    assertThat(test.names(FuseHandler.ROOT))
        .containsExactly(
            ". 40000",
            ".. 40000",
            ".control 40000",
            "backups 40000",
            "drives 40000",
            "optical 40000",
            "points 40000",
            "shadow 40000",
            "tapes 40000",
            "volumes 40000");
    assertThat(test.names(test.shadow())).containsExactly(". 40000", ".. 40000", "DSA1 100000");
    assertThat(test.attributes(test.shadow()).mode()).isEqualTo(FileMode.S_IFDIR | 0755);
    assertErrno(Errno.ENOENT, () -> test.find(test.shadow(), "DSA2"));
    assertErrno(Errno.EISDIR, () -> test.open(test.shadow(), OpenFlags.O_RDONLY));
  }

  @Test
  void noGestureChangesAName() throws Exception {
    long shadow = test.shadow();
    long volumes = test.find(FuseHandler.ROOT, "volumes");
    EntryReply reply = new EntryReply();
    assertErrno(
        Errno.EPERM, () -> handler.create(REQUEST, shadow, "x", 0, 0644, reply, new OpenReply()));
    assertErrno(Errno.EPERM, () -> handler.mknod(REQUEST, shadow, "x", 0100644, 0, reply));
    assertErrno(Errno.EPERM, () -> handler.mkdir(REQUEST, shadow, "x", 0755, reply));
    assertErrno(Errno.EPERM, () -> handler.symlink(REQUEST, shadow, "x", "y", reply));
    assertErrno(Errno.EPERM, () -> handler.link(REQUEST, test.unit(), shadow, "x", reply));
    assertErrno(Errno.EPERM, () -> handler.unlink(REQUEST, shadow, "DSA1"));
    assertErrno(Errno.EPERM, () -> handler.rmdir(REQUEST, shadow, "DSA1"));
    assertErrno(Errno.EPERM, () -> handler.rename(REQUEST, shadow, "DSA1", shadow, "x", 0));
    assertErrno(Errno.EPERM, () -> handler.rename(REQUEST, volumes, "a", shadow, "x", 0));
    assertErrno(Errno.EPERM, () -> handler.rename(REQUEST, shadow, "DSA1", volumes, "x", 0));
    assertThat(test.lastError())
        .contains("shadow/ holds virtual units only")
        .contains("echo 'mount set=DSA1 members=A,B label=L' > .control/ctl");
    assertErrno(
        Errno.EPERM,
        () -> handler.setattr(REQUEST, shadow, -1, AttrChange.ofMode(0777), new AttrReply()));
    assertThat(test.names(shadow)).hasSize(3);
  }

  // ---- attributes

  @Test
  void theAttributesAreThoseOfTheSet() throws Exception {
    FuseAttr attr = test.attributes(test.unit());
    assertThat(attr.ino()).isEqualTo(test.unit());
    assertThat(attr.mode()).isEqualTo(FileMode.S_IFREG | 0640);
    assertThat(attr.size()).isEqualTo(SIZE);
    assertThat(attr.links()).isEqualTo(1);
    assertThat(attr.uid()).isEqualTo(1);
    assertThat(attr.gid()).isEqualTo(2);
    assertThat(attr.modifyNanos()).isPositive();
  }

  @Test
  void everythingCanBelongToTheUserOfTheMount() throws Exception {
    try (ShadowBay mine = new ShadowBay(path.resolve("mine"), new Owner(7, 8, true, true))) {
      assertThat(mine.attributes(mine.unit()).uid()).isEqualTo(7);
      assertThat(mine.attributes(mine.unit()).gid()).isEqualTo(8);
    }
  }

  @Test
  void ownerModeAndTimesCanBeSet() throws Exception {
    long unit = test.unit();
    AttrReply reply = new AttrReply();
    handler.setattr(REQUEST, unit, -1, AttrChange.ofMode(FileMode.S_IFREG | 0600), reply);
    handler.setattr(REQUEST, unit, -1, AttrChange.ofOwner(11, -1), reply);
    handler.setattr(
        REQUEST,
        unit,
        -1,
        AttrChange.ofTimes(true, false, 5 * SECOND, true, false, 6 * SECOND),
        reply);
    assertThat(reply.attr().mode()).isEqualTo(FileMode.S_IFREG | 0600);
    assertThat(reply.attr().uid()).isEqualTo(11);
    assertThat(reply.attr().gid()).isEqualTo(2);
    assertThat(reply.attr().accessNanos()).isEqualTo(5 * SECOND);
    assertThat(reply.attr().modifyNanos()).isEqualTo(6 * SECOND);
    assertThat(test.attributes(unit).uid()).isEqualTo(11);
  }

  @Test
  void theSizeIsFixed() throws Exception {
    long unit = test.unit();
    long handle = test.open(unit, OpenFlags.O_RDWR).handle();
    for (long each : new long[] {-1, handle}) {
      AttrReply reply = new AttrReply();
      handler.setattr(REQUEST, unit, each, AttrChange.ofSize(SIZE), reply);
      assertThat(reply.attr().size()).isEqualTo(SIZE);
      assertErrno(
          Errno.EPERM,
          () -> handler.setattr(REQUEST, unit, each, AttrChange.ofSize(0), new AttrReply()));
      assertThat(test.lastError()).contains("shadow/DSA1 has a fixed size");
    }
  }

  // ---- bytes

  @Test
  void whatIsWrittenIsReadAndOnEveryMember() throws Exception {
    long unit = test.unit();
    OpenReply opened = test.open(unit, OpenFlags.O_RDWR);
    assertThat(opened.flags()).isEqualTo(KEEP_CACHE);
    byte[] bytes = random(10_000);
    assertThat(test.write(unit, opened.handle(), 4096, bytes)).isEqualTo(bytes.length);
    handler.fsync(REQUEST, unit, opened.handle(), false);
    assertThat(test.read(unit, opened.handle(), 4096, bytes.length)).isEqualTo(bytes);
    assertThat(test.read(unit, opened.handle(), SIZE - 10, 100)).hasSize(10);
    assertErrno(Errno.ENOSPC, () -> test.write(unit, opened.handle(), SIZE, bytes));
    long volumes = test.find(FuseHandler.ROOT, "volumes");
    for (String name : new String[] {"a", "b"}) {
      long member = test.find(volumes, name);
      OpenReply reader = test.open(member, OpenFlags.O_RDONLY);
      assertThat(reader.flags()).isEqualTo(DIRECT_IO);
      assertThat(test.read(member, reader.handle(), 4096, bytes.length)).isEqualTo(bytes);
      test.release(member, reader.handle());
      assertErrno(Errno.EBUSY, () -> test.open(member, OpenFlags.O_RDWR));
      assertThat(test.lastError()).contains("a member of shadow set DSA1");
    }
    handler.flush(REQUEST, unit, opened.handle());
    test.release(unit, opened.handle());
    assertErrno(Errno.EBADF, () -> test.read(unit, opened.handle(), 0, 1));
  }

  @Test
  void rangesAreReservedAndPunchedAndHolesFound() throws Exception {
    long unit = test.unit();
    long handle = test.open(unit, OpenFlags.O_RDWR).handle();
    test.write(unit, handle, 0, random(1 << 20));
    handler.fallocate(REQUEST, unit, handle, PUNCH, 65_536, 65_536);
    assertThat(test.read(unit, handle, 65_536, 65_536)).containsOnly(0);
    assertThat(handler.lseek(REQUEST, unit, handle, 0, SEEK_HOLE)).isEqualTo(65_536);
    assertThat(handler.lseek(REQUEST, unit, handle, 65_536, SEEK_DATA)).isEqualTo(131_072);
    handler.fallocate(REQUEST, unit, handle, 0, 2 << 20, 1 << 20);
    assertThat(test.attributes(unit).blocks()).isPositive();
    assertErrno(Errno.ENOSPC, () -> handler.fallocate(REQUEST, unit, handle, 0, SIZE, 1));
  }

  // ---- dismounts

  @Test
  void aUnitThatIsDismountedIsGoneAndComesBack() throws Exception {
    long unit = test.unit();
    long handle = test.open(unit, OpenFlags.O_RDWR).handle();
    byte[] bytes = random(4096);
    test.write(unit, handle, 0, bytes);
    test.release(unit, handle);

    test.dismount();
    assertErrno(Errno.ENOENT, () -> test.unit());
    assertErrno(Errno.ESTALE, () -> test.open(unit, OpenFlags.O_RDONLY));
    assertErrno(
        Errno.ESTALE,
        () -> handler.setattr(REQUEST, unit, -1, AttrChange.ofMode(0600), new AttrReply()));
    assertThat(test.attributes(unit).links()).isZero();
    assertThat(test.attributes(unit).size()).isEqualTo(SIZE);
    assertThat(test.attributes(unit).modifyNanos()).isPositive();
    assertThat(test.names(test.shadow())).hasSize(2);

    test.notices.clear();
    test.mount();
    assertThat(test.unit()).isEqualTo(unit);
    assertThat(test.notices).contains("data " + unit + " 0 " + SIZE);
    OpenReply again = test.open(unit, OpenFlags.O_RDONLY);
    assertThat(test.read(unit, again.handle(), 0, 4096)).isEqualTo(bytes);
  }

  @Test
  void aNodeIsKnownUntilItIsForgotten() throws Exception {
    long unit = test.unit();
    assertThat(test.unit()).isEqualTo(unit);
    handler.forget(unit, 1);
    assertThat(test.attributes(unit).links()).isEqualTo(1);
    handler.forget(unit, 1);
    assertErrno(Errno.ESTALE, () -> test.attributes(unit));
  }

  @Test
  void aUnitOfTheSameNameIsAnotherFile() throws Exception {
    long old = test.unit();
    test.sets.commands(test.sets.find("DSA1")).dissolve(NOTHING);
    test.mount("a");
    assertThat(test.unit()).isNotEqualTo(old);
    assertErrno(Errno.ESTALE, () -> test.open(old, OpenFlags.O_RDONLY));
    assertThat(test.attributes(old).links()).isZero();
  }

  @Test
  void whatIsLargerTellsTheKernel() throws Exception {
    test.notices.clear();
    test.sets.commands(test.sets.find("DSA1")).resize(2 * SIZE, NOTHING);
    assertThat(test.notices).contains("attributes " + test.unit());
    assertThat(test.attributes(test.unit()).size()).isEqualTo(2 * SIZE);
  }

  @Test
  void nothingIsOpenedWhenTheDaemonEnds() throws FuseException {
    long unit = test.unit();
    handler.refuseOpens();
    assertErrno(Errno.ESHUTDOWN, () -> test.open(unit, OpenFlags.O_RDONLY));
  }
}
