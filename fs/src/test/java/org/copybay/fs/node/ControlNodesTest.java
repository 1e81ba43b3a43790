package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.fs.node.ShadowBay.REQUEST;
import static org.copybay.fs.node.ShadowBay.assertErrno;

import java.nio.file.Path;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kernel finds and makes below .control. */
class ControlNodesTest {
  @TempDir Path temp;
  private ShadowBay test;

  @BeforeEach
  void open() throws Exception {
    test = new ShadowBay(temp.resolve("bay"));
  }

  @AfterEach
  void close() {
    test.close();
  }

  private long control(String name) throws Exception {
    return test.find(test.find(FuseHandler.ROOT, ".control"), name);
  }

  private EntryReply mkdir(long parent, String name) throws Exception {
    EntryReply reply = new EntryReply();
    test.handler.mkdir(REQUEST, parent, name, 0700, reply);
    return reply;
  }

  @Test
  void mkdirMakesAGroupAndAnswersWithItsAttributes() throws Exception {
    long quickopc = control("quickopc");
    assertThat(test.attributes(quickopc).mode()).isEqualTo(FileMode.S_IFDIR | 0755);

    EntryReply reply = mkdir(quickopc, "nightly");

    FuseAttr attr = reply.attr();
    assertThat(reply.node()).isEqualTo(test.find(quickopc, "nightly"));
    assertThat(attr.ino()).isEqualTo(reply.node());
    assertThat(attr.mode()).isEqualTo(FileMode.S_IFDIR | 0755);
    assertThat(attr.uid()).isEqualTo(7);
    assertThat(attr.gid()).isEqualTo(8);
    assertThat(test.names(reply.node())).contains("ctl 100000", "nightly 40000");
    test.handler.forget(reply.node(), 2); // that of the mkdir and that of the look-up
    assertErrno(Errno.ESTALE, () -> test.attributes(reply.node()));
  }

  @Test
  void mkdirIsRefusedEverywhereElse() throws Exception {
    long quickopc = control("quickopc");
    long group = mkdir(quickopc, "nightly").node();

    assertErrno(Errno.EEXIST, () -> mkdir(quickopc, "nightly"));
    assertThat(test.lastError()).contains("copy group nightly exists");
    assertErrno(Errno.EPERM, () -> mkdir(group, "pay"));
    assertThat(test.lastError()).contains("quickopc pair add group=nightly pair=pay source=");
    assertErrno(Errno.EPERM, () -> mkdir(control("shadow"), "DSA7"));
    assertErrno(Errno.EPERM, () -> test.handler.rmdir(REQUEST, quickopc, "nightly"));
    assertThat(test.lastError()).contains("quickopc group delete group=nightly");
    assertErrno(Errno.EPERM, () -> mkdir(test.find(FuseHandler.ROOT, "volumes"), "x"));
  }
}
