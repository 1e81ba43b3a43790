package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.fs.node.BackupBay.SIZE;
import static org.copybay.fs.node.ShadowBay.REQUEST;
import static org.copybay.fs.node.ShadowBay.assertErrno;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.Expiring;
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

/** backups/ and what is below it, as the kernel asks for it. */
class BackupNodesTest {
  private static final int KEEP_CACHE = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final String DIRECTORY = " 40000";
  private static final String FILE = " 100000";

  @TempDir private Path path;

  private BackupBay test;
  private FuseHandler handler;
  private String first;

  @BeforeEach
  void makeBackup() throws Exception {
    test = new BackupBay(path.resolve("bay"));
    handler = test.handler;
    test.fill("a", 'a');
    first = "backups/PAY/" + test.backup("PAY").id();
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private String entry(String of, String kind) throws FuseException {
    return of.substring(of.lastIndexOf('/') + 1) + " " + test.find(of) + kind;
  }

  // ---- names and attributes

  @Test
  void aSessionHasADirectoryAndInItEachBackupAndInThatEachVolume() throws Exception {
    String second = "backups/PAY/" + test.backup("PAY").id();
    test.safeguarded.setup().create("OPS", NOTHING);

    assertThat(test.list("backups"))
        .containsExactly(entry("backups/OPS", DIRECTORY), entry("backups/PAY", DIRECTORY));
    assertThat(test.list("backups/OPS")).isEmpty();
    assertThat(test.list("backups/PAY"))
        .containsExactly(entry(first, DIRECTORY), entry(second, DIRECTORY));
    assertThat(test.list(first))
        .containsExactly(entry(first + "/a", FILE), entry(first + "/b", FILE));
  }

  @Test
  void theAttributesAreThoseOfTheVolumeWithoutWriteBits() throws Exception {
    Backup backup = test.safeguarded.backupsOf(test.safeguarded.find("PAY")).get(0);
    long created = backup.created().toEpochMilli() * 1_000_000;
    long node = test.find(first + "/a");

    FuseAttr attr = test.attributes(node);

    assertThat(attr.ino()).isEqualTo(node);
    assertThat(attr.mode()).isEqualTo(FileMode.S_IFREG | 0440);
    assertThat(attr.size()).isEqualTo(SIZE);
    assertThat(attr.uid()).isEqualTo(1);
    assertThat(attr.gid()).isEqualTo(2);
    assertThat(attr.modifyNanos()).isEqualTo(created);
    for (String directory : List.of("backups", "backups/PAY", first)) {
      FuseAttr of = test.attributes(test.find(directory));
      assertThat(of.ino()).isEqualTo(test.find(directory));
      assertThat(of.mode()).isEqualTo(FileMode.S_IFDIR | 0755);
      assertThat(of.modifyNanos()).isPositive();
    }
    assertThat(test.attributes(test.find(first)).modifyNanos()).isEqualTo(created);
  }

  @Test
  void onlyTheNumberAsItIsWrittenIsAName() {
    String id = first.substring("backups/PAY/".length());
    for (String name :
        List.of("0" + id, "+" + id, "0", "-1", id + "0", "x", " ", "99999999999999999999")) {
      assertErrno(Errno.ENOENT, () -> test.find("backups/PAY/" + name));
    }
    assertErrno(Errno.ENOENT, () -> test.find("backups/OPS"));
    assertErrno(Errno.ENOENT, () -> test.find(first + "/c"));
    assertErrno(Errno.ENOTDIR, () -> test.find(first + "/a/b"));
  }

  @Test
  void aNodeIsKnownUntilItIsForgotten() throws Exception {
    long directory = test.find(first);
    long file = test.find(first + "/a"); // counts the directory a second time
    handler.forget(directory, 1);
    assertThat(test.attributes(directory).ino()).isEqualTo(directory);
    handler.forget(directory, 1);
    handler.forget(file, 1);
    assertErrno(Errno.ESTALE, () -> test.attributes(directory));
    assertErrno(Errno.ESTALE, () -> test.attributes(file));
    assertErrno(Errno.ESTALE, () -> test.open(file, OpenFlags.O_RDONLY));
    assertThat(test.find(first + "/a")).isEqualTo(file);
  }

  @Test
  void twoSessionsShowTheirOwnVolumesOfOnePointUnderNumbersOfTheirOwn() throws Exception {
    long whole = test.find(first);
    long ofPay = test.find(first + "/b");
    test.safeguarded.setup().remove("PAY", List.of(test.bay.find("b")), NOTHING);
    test.safeguarded.setup().create("OPS", NOTHING);
    test.safeguarded.setup().add("OPS", test.bay.find("b"), null, NOTHING);
    test.safeguarded.backups().refresh("OPS", NOTHING);
    String other = first.replace("PAY", "OPS");

    assertThat(test.list(first)).containsExactly(entry(first + "/a", FILE));
    assertThat(test.list(other)).containsExactly(entry(other + "/b", FILE));
    assertThat(test.find(first)).isEqualTo(whole).isNotEqualTo(test.find(other));
    assertThat(test.find(other + "/b")).isNotEqualTo(ofPay);
  }

  // ---- bytes

  @Test
  void aFileHoldsWhatItsVolumeHeldWhateverBecomesOfThat() throws Exception {
    test.fill("a", 'x');
    String second = "backups/PAY/" + test.backup("PAY").id();
    test.fill("a", 'y');
    test.bay.rename("a", "z", true);

    assertThat(test.read(first + "/a", SIZE - 3, 100)).isEqualTo("aaa");
    assertThat(test.read(second + "/a", 0, 3)).isEqualTo("xxx");
    assertThat(test.read("volumes/z", 0, 3)).isEqualTo("yyy");
    assertThat(test.read(first + "/a", SIZE, 1)).isEmpty();
  }

  @Test
  void theKernelKeepsThePagesAndFindsHoles() throws Exception {
    long node = test.find(first + "/a");
    OpenReply reply = new OpenReply();
    handler.open(REQUEST, node, OpenFlags.O_RDONLY, reply);
    assertThat(reply.flags()).isEqualTo(KEEP_CACHE);
    assertThat(handler.lseek(REQUEST, node, reply.handle(), 0, SEEK_DATA)).isZero();
    assertThat(handler.lseek(REQUEST, node, reply.handle(), 0, SEEK_HOLE)).isEqualTo(SIZE);
    long hole = test.find(first + "/b");
    long handle = test.open(hole, OpenFlags.O_RDONLY);
    assertErrno(Errno.ENXIO, () -> handler.lseek(REQUEST, hole, handle, 0, SEEK_DATA));
    assertErrno(Errno.EISDIR, () -> test.open(test.find(first), OpenFlags.O_RDONLY));
  }

  @Test
  void anExpiredBackupIsGoneAndCannotBeRead() throws Exception {
    long directory = test.find(first);
    long node = test.find(first + "/a");
    long handle = test.open(node, OpenFlags.O_RDONLY);
    long id = test.safeguarded.find("PAY").state().backups().firstKey();

    new Expiring(test.safeguarded).expire("PAY", id, true, 1, NOTHING);

    assertErrno(Errno.ENOENT, () -> test.find(first));
    assertThat(test.list("backups/PAY")).isEmpty();
    EntryReply reply = new EntryReply();
    assertErrno(Errno.ENOENT, () -> handler.lookup(REQUEST, directory, "a", reply));
    ByteBuffer buffer = ByteBuffer.allocateDirect(1);
    assertErrno(Errno.ENOENT, () -> handler.read(REQUEST, node, handle, 0, buffer));
    assertThat(test.audit()).isEmpty();
  }

  // ---- gestures

  private interface Try {
    void run(long parent, String name) throws FuseException;
  }

  /** Tries it with what lies at a path: EPERM, and the audit log has that line more. */
  private void assertRefused(String verb, String at, Try gesture) throws Exception {
    int cut = at.lastIndexOf('/');
    long parent = cut < 0 ? FuseHandler.ROOT : test.find(at.substring(0, cut));
    List<String> before = test.audit();

    assertErrno(Errno.EPERM, () -> gesture.run(parent, at.substring(cut + 1)));

    List<String> after = test.audit();
    assertThat(after).hasSize(before.size() + 1);
    assertThat(after.get(before.size())).isEqualTo("%1$s %2$s EPERM %2$s %1$s".formatted(at, verb));
    assertThat(test.read(".control/last_error", 0, 4096))
        .contains("a safeguarded backup cannot be changed")
        .contains("safeguarded expire");
  }

  @Test
  void noNameIsChangedAndEveryTryIsNoted() throws Exception {
    long volumes = test.find("volumes");
    EntryReply reply = new EntryReply();
    for (String at : List.of("backups", "backups/PAY", first, first + "/a")) {
      assertRefused("unlink", at, (in, name) -> handler.unlink(REQUEST, in, name));
      assertRefused("rmdir", at, (in, name) -> handler.rmdir(REQUEST, in, name));
      assertRefused("rename", at, (in, name) -> handler.rename(REQUEST, in, name, in, "x", 0));
      assertRefused("rename", at, (in, n) -> handler.rename(REQUEST, in, n, volumes, "x", 0));
      assertRefused("rename", at, (in, n) -> handler.rename(REQUEST, volumes, "c", in, n, 0));
    }
    for (String at : List.of("backups/x", "backups/PAY/1", first + "/x")) {
      assertRefused("mkdir", at, (in, name) -> handler.mkdir(REQUEST, in, name, 0755, reply));
      long root = FuseHandler.ROOT;
      assertRefused("rename", at, (in, n) -> handler.rename(REQUEST, root, "points", in, n, 0));
      assertRefused("create", at, (in, name) -> handler.mknod(REQUEST, in, name, 0, 0, reply));
      assertRefused(
          "create",
          at,
          (in, name) -> handler.create(REQUEST, in, name, 1, 0600, reply, new OpenReply()));
      assertRefused("link", at, (in, name) -> handler.symlink(REQUEST, in, name, "y", reply));
      long file = test.find("volumes/c");
      assertRefused("link", at, (in, name) -> handler.link(REQUEST, file, in, name, reply));
    }
    long file = test.find(first + "/a");
    assertRefused(
        "link", first + "/a", (in, name) -> handler.link(REQUEST, file, volumes, "x", reply));
    assertThat(test.list("backups/PAY")).hasSize(1);
    assertThat(test.list("volumes")).hasSize(3);
  }

  @Test
  void noAttributeIsChangedNothingIsOpenedForWritingAndEveryTryIsNoted() throws Exception {
    AttrReply reply = new AttrReply();
    for (String at : List.of("backups", "backups/PAY", first, first + "/a")) {
      long node = test.find(at);
      assertRefused("chmod", at, (in, n) -> set(node, AttrChange.ofMode(0777)));
      assertRefused("chown", at, (in, n) -> set(node, AttrChange.ofOwner(5, -1)));
      assertRefused("truncate", at, (in, n) -> set(node, AttrChange.ofSize(0)));
      AttrChange times = AttrChange.ofTimes(true, true, 0, true, true, 0);
      assertRefused("utimens", at, (in, n) -> handler.setattr(REQUEST, node, -1, times, reply));
    }
    long file = test.find(first + "/a");
    for (int flags :
        new int[] {OpenFlags.O_RDWR, OpenFlags.O_WRONLY, OpenFlags.O_RDONLY | OpenFlags.O_TRUNC}) {
      assertRefused("open", first + "/a", (in, n) -> test.open(file, flags));
    }
    assertThat(test.read(first + "/a", 0, 3)).isEqualTo("aaa");
    assertThat(test.attributes(file).mode()).isEqualTo(FileMode.S_IFREG | 0440);
  }

  private void set(long node, AttrChange change) throws FuseException {
    handler.setattr(REQUEST, node, FuseHandler.NONE, change, new AttrReply());
  }

  @Test
  void whoOnlyReadsLeavesNoTrace() throws Exception {
    for (String at : List.of("backups", "backups/PAY", first)) {
      test.list(at);
      test.attributes(test.find(at));
    }
    test.read(first + "/a", 0, 4096);
    assertErrno(Errno.ENOENT, () -> test.find(first + "/x"));

    assertThat(test.audit()).isEmpty();
    assertThat(test.read(".control/last_error", 0, 4096)).isEmpty();
  }
}
