package org.copybay.fs.transport.jnr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.fs.transport.Statfs;
import org.junit.jupiter.api.Test;

/** Paths against a handler in which every number is a name, and which counts its look-ups. */
class PathsTest {
  private static final Request CALLER = new Caller(1, 0, 0, 1);

  private final Counting handler = new Counting();
  private final Paths paths = new Paths(handler);

  @Test
  void aPathIsFoundNameByName() throws FuseException {
    try (Paths.Found found = paths.find(CALLER, "/5/6/7")) {
      assertThat(found.node()).isEqualTo(567);
      assertThat(found.attr().ino()).isEqualTo(567);
    }
    try (Paths.Found root = paths.find(CALLER, "/")) {
      assertThat(root.node()).isEqualTo(FuseHandler.ROOT);
    }
  }

  @Test
  void oneLookUpOfEachNodeIsKept() throws FuseException {
    for (int i = 0; i < 10; i++) {
      paths.find(CALLER, "/5/6").close();
    }

    assertThat(handler.counts).isEqualTo(Map.of(5L, 1L, 56L, 1L));
  }

  @Test
  void oldLookUpsAreGivenBack() throws FuseException {
    for (int i = 0; i < 20_000; i++) {
      paths.find(CALLER, "/" + (2 + i)).close();
    }

    assertThat(handler.counts.values()).hasSize(4096).containsOnly(1L);
    assertThat(handler.counts).containsKey(20_001L).doesNotContainKey(2L);
  }

  @Test
  void whatIsTakenOverIsEndedByItsTaker() throws FuseException {
    long node;
    try (Paths.Found found = paths.find(CALLER, "/9")) {
      node = found.take();
    }
    paths.find(CALLER, "/9").close();
    assertThat(handler.counts).isEqualTo(Map.of(9L, 2L));

    paths.end(node);

    assertThat(handler.counts).isEqualTo(Map.of(9L, 1L));
  }

  @Test
  void aFailedLookUpLeavesNothing() {
    assertThatThrownBy(() -> paths.find(CALLER, "/7/x")).hasMessage("ENOENT");
    assertThatThrownBy(() -> paths.find(CALLER, "/" + "ü".repeat(128))).hasMessage("ENAMETOOLONG");
    assertThatThrownBy(() -> paths.find(CALLER, "/7/a\uFFFD")).hasMessage("EILSEQ");

    assertThat(handler.counts).isEqualTo(Map.of(7L, 1L));
  }

  private static final class Counting implements FuseHandler {
    final Map<Long, Long> counts = new HashMap<>();

    @Override
    public void lookup(Request request, long parent, String name, EntryReply reply) {
      if (name.equals("x")) {
        return; // node 0: there is no such name
      }
      long node = Long.parseLong((parent == ROOT ? "" : "" + parent) + name);
      counts.merge(node, 1L, Long::sum);
      reply.node(node).attr().ino(node);
    }

    @Override
    public void forget(long node, long count) {
      counts.compute(node, (key, old) -> old == null || old == count ? null : old - count);
    }

    @Override
    public void getattr(Request request, long node, long handle, AttrReply reply) {
      reply.attr().ino(node);
    }

    @Override
    public void open(Request request, long node, int flags, OpenReply reply) {}

    @Override
    public int read(Request request, long node, long handle, long offset, ByteBuffer target) {
      return 0;
    }

    @Override
    public void readdir(Request request, long node, long handle, long offset, DirectorySink sink) {}

    @Override
    public Statfs statfs(Request request, long node) {
      return new Statfs(4096, 0, 0, 0, 0, 0);
    }
  }
}
