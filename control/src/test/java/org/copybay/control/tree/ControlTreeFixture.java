package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The control tree of a bay, and what a shell does with it. */
abstract class ControlTreeFixture {
  @TempDir Path directory;

  OpenBay open;
  ControlTree tree;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    tree = open.tree();
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  // ---- what a shell does

  ControlNode node(String path) throws StorageException {
    ControlNode node = tree.root();
    for (String name : path.isEmpty() ? List.<String>of() : List.of(path.split("/", -1))) {
      node = ((ControlDirectory) node).lookup(name);
    }
    return node;
  }

  List<String> names(String path) throws StorageException {
    return ((ControlDirectory) node(path)).list().stream().map(ControlNode::name).toList();
  }

  static List<ControlFile> files(ControlDirectory directory) {
    List<ControlFile> files = new ArrayList<>();
    for (ControlNode node : directory.list()) {
      if (node instanceof ControlDirectory below) {
        files.addAll(files(below));
      } else if (node instanceof ControlFile file) {
        files.add(file);
      }
    }
    return files;
  }

  String read(String path) throws StorageException {
    return read(path, OpenBay.OWNER);
  }

  String read(String path, Caller caller) throws StorageException {
    try (ControlHandle handle = ((ControlFile) node(path)).open(caller, OpenMode.READ)) {
      return read(handle);
    }
  }

  static String read(ControlFile file) throws StorageException {
    try (ControlHandle handle = file.open(OpenBay.OWNER, OpenMode.READ)) {
      return read(handle);
    }
  }

  static String read(ControlHandle handle) throws StorageException {
    ByteBuffer target = ByteBuffer.allocate(1 << 16);
    while (handle.read(target.position(), target) > 0) {
      // until the end
    }
    return new String(target.array(), 0, target.position(), StandardCharsets.UTF_8);
  }

  int write(String path, String text) throws StorageException {
    try (ControlHandle handle = ((ControlFile) node(path)).open(OpenBay.OWNER, OpenMode.WRITE)) {
      return handle.write(0, ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** The reply to a line that is accepted. */
  String reply(String path, String line) throws StorageException {
    ControlFile ctl = (ControlFile) node(path);
    try (ControlHandle handle = ctl.open(OpenBay.OWNER, OpenMode.READ_WRITE)) {
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      assertThat(handle.write(0, ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
      ByteBuffer reply = ByteBuffer.allocate(10_000);
      while (handle.read(bytes.length + reply.position(), reply) > 0) {
        // until the end
      }
      return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
    }
  }

  /** The last line of the stream of a job; the real clock stands still, so lines are few. */
  String waitForEnd(String id) throws StorageException {
    ControlFile file = (ControlFile) node("jobs/" + id + "/wait");
    String last = "";
    try (ControlHandle handle =
        new WaitHandle(
            new WatchedJob(open.jobs().find(id)), () -> System.nanoTime() / 1_000_000, e -> {})) {
      assertThat(file.mode()).isEqualTo(0444);
      while (true) {
        ByteBuffer target = ByteBuffer.allocate(1000);
        try {
          if (handle.read(0, target) == 0) {
            return last;
          }
        } catch (StorageException e) {
          if (e.fault() != Fault.INTERRUPTED) {
            tree.report(OpenBay.OWNER, file.path(), e);
            throw e;
          }
        }
        last = new String(target.array(), 0, target.position(), StandardCharsets.UTF_8);
      }
    }
  }

  static Fault fault(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    StorageException error = catchThrowableOfType(StorageException.class, call);
    assertThat(error).isNotNull();
    return error.fault();
  }
}
