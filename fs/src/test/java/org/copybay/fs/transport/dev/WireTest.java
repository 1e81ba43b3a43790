package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Statfs;
import org.junit.jupiter.api.Test;

/** The bytes of answers, against structures packed by hand from linux/fuse.h. */
class WireTest {

  private static final String ATTR =
      "0700000000000000 8967452301000000 0800000000000000 0100000000000000 0200000000000000"
          + "ffffffffffffffff 05000000 06000000 ffc99a3b a0810000 01000000 e8030000 e9030000"
          + "00000000 00100000 00000000";

  private final ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

  private static void fill(FuseAttr attr) {
    attr.ino(7).size(0x123456789L).blocks(8).mode(FileMode.S_IFREG | 0640).owner(1000, 1001);
    attr.times(1_000_000_005L, 2_000_000_006L, -1L);
  }

  private void assertWritten(int length, String hex) {
    byte[] expected = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(length).isEqualTo(expected.length);
    byte[] written = new byte[length];
    out.get(0, written);
    assertThat(written).asHexString().isEqualTo(HexFormat.of().withUpperCase().formatHex(expected));
  }

  @Test
  void attributesBehindTheirTime() {
    AttrReply reply = new AttrReply().attrValidNanos(3_500_000_000L);
    fill(reply.attr());

    assertWritten(Wire.putAttrReply(out, 0, reply), "0300000000000000 0065cd1d 00000000" + ATTR);
  }

  @Test
  void anEntryWithTwoTimes() {
    EntryReply reply = new EntryReply().node(42);
    reply.entryValidNanos(1_000_000_000L).attrValidNanos(2_250_000_000L);
    fill(reply.attr());

    assertWritten(
        Wire.putEntry(out, 0, reply),
        "2a00000000000000 0000000000000000 0100000000000000 0200000000000000 00000000 80b2e60e"
            + ATTR);
  }

  @Test
  void anOpenWithParallelDirectWrites() {
    OpenReply reply = new OpenReply().handle(77).parallelDirectWrites();

    assertWritten(Wire.putOpen(out, 0, reply), "4d00000000000000 41000000 00000000");
  }

  @Test
  void anOpenWithoutPositionsThatIsNoStream() {
    OpenReply reply = new OpenReply().handle(77).nonSeekable();

    assertWritten(Wire.putOpen(out, 0, reply), "4d00000000000000 05000000 00000000");
    assertThat(reply.seekable()).isFalse();
  }

  @Test
  void statfsCountsInBlocks() {
    assertWritten(
        Wire.putStatfs(out, 0, new Statfs(4096, 1000, 500, 400, 30, 20)),
        "e803000000000000 f401000000000000 9001000000000000 1e00000000000000 1400000000000000"
            + "00100000 ff000000 00100000 00000000"
            + "00000000 00000000 00000000 00000000 00000000 00000000");
  }

  @Test
  void directoryEntriesArePaddedToEightBytes() {
    for (int i = 0; i < 200; i++) {
      out.put(i, (byte) 0xee); // what an earlier answer left behind
    }
    DirectoryWriter writer = new DirectoryWriter(out);
    writer.begin(4096);
    DirectorySink sink = writer;

    assertThat(sink.add(".", 1, FileMode.S_IFDIR | 0755, 1)).isTrue();
    assertThat(sink.add("payroll.", 9, FileMode.S_IFREG, 2)).isTrue();
    assertThat(sink.add("ä", 10, FileMode.S_IFREG, 3)).isTrue();

    assertWritten(
        writer.length(),
        "0100000000000000 0100000000000000 01000000 04000000 2e00000000000000"
            + "0900000000000000 0200000000000000 08000000 08000000 706179726f6c6c2e"
            + "0a00000000000000 0300000000000000 02000000 08000000 c3a4000000000000");
  }

  @Test
  void anEntryThatDoesNotFitIsRefusedWhole() {
    DirectoryWriter writer = new DirectoryWriter(out);
    writer.begin(2 * 32);

    assertThat(writer.add("12345678", 1, FileMode.S_IFREG, 1)).isTrue();
    assertThat(writer.add("123456789", 2, FileMode.S_IFREG, 2)).isFalse();
    assertThat(writer.length()).isEqualTo(32);
  }
}
