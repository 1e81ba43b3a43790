package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;

/** Inventory and sheet byte for byte, against ones that another program made of docs/FORMAT.md. */
final class EvidenceLayoutTest {
  private static final UUID VOLUME = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final long FAR_TRACK = 0x123456789abcL;
  private static final TrackHash ABC = TrackHash.of(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}));
  private static final TrackHash SEVENS = TrackHash.of(sevens());

  private static final byte[] INVENTORY =
      Bytes.hex(
          512,
          "4350425945564944010000006ba7bc2f06000000000000007766554433221100",
          "ffeeddccbbaa998809000000050000000068e5cf8b0100004dd43d6b334d7888",
          "47fc762ceefc0cad851df534b8c8c94d7cf0b468fbeec45f0200000000000000",
          "00000000070000000300000008");
  private static final byte[] HEAD =
      Bytes.hex(
          4096,
          "435042594556534801000000480ae5d77766554433221100ffeeddccbbaa9988",
          "08000000030000000500000001000000010000000100000003");
  private static final byte[] ENTRIES =
      Bytes.hex(
          4096,
          "586f03bd01000300010000000800000002000000000000000300000017fe03c5",
          "f83a1a6e08a786ab8f5382310200000000000000050000000000000000000000",
          "0000000000000000bc9a7856341200000300000007dcb6d11a03624831513672",
          "ffdb84d6");
  private static final byte[] FENCE =
      Bytes.hex(4096, "ba82394b020001000200000008000000020000000000000003");
  private static final byte[] POINTS =
      Bytes.hex(
          4096,
          "13039ea703000200030000000800000003000000e80300000000000000001000",
          "00000000100000000000000000001000000000000200000000000000b88e4063",
          "7149ef119117561d278365a64991bd7ff1dc915bf498e1195e9a955900000000",
          "0000000000000000000000000000000000000000000000000000000005000000",
          "0068e5cf8b010000000020000000000001000000000000000000010000000000",
          "01000000000000004dd43d6b334d788847fc762ceefc0cad851df534b8c8c94d",
          "7cf0b468fbeec45fb88e40637149ef119117561d278365a64991bd7ff1dc915b",
          "f498e1195e9a9559");

  private static ByteBuffer sevens() {
    byte[] bytes = new byte[TrackHash.TRACK_BYTES];
    Arrays.fill(bytes, (byte) 7);
    return ByteBuffer.wrap(bytes);
  }

  private static List<SealedPoint> points() {
    FrozenPoint three = new FrozenPoint(3, 0x100000, 1000);
    Root.Digest first = new Root.Digest(Root.NONE, VOLUME, three);
    first.add(2, ABC);
    first.add(FAR_TRACK, SEVENS);
    SealedPoint one = new SealedPoint(three, 16, 0x100000, 2, first.root(), Root.NONE);
    FrozenPoint five = new FrozenPoint(5, 0x200000, 0x18bcfe56800L);
    Root.Digest second = new Root.Digest(one.root(), VOLUME, five);
    second.add(2, TrackHash.ZERO);
    return List.of(one, new SealedPoint(five, 1, 65536, 1, second.root(), one.root()));
  }

  @Test
  void aSheet() throws Exception {
    SimulatedStore store = new SimulatedStore(1, 1);
    EvidenceCache cache = new EvidenceCache(1 << 16, 0);
    Inventory.Named named = new Inventory.Named(3, 8);
    try (SheetWriter writer = new SheetWriter(store, named, VOLUME, cache)) {
      writer.add(2, 3, ABC);
      writer.add(2, 5, TrackHash.ZERO);
      writer.add(FAR_TRACK, 3, SEVENS);
      writer.finish(3, 5, points()).close();
    }

    byte[] bytes = bytes(store, "evidence.3");

    assertThat(bytes).hasSize(4 * 4096);
    assertThat(Arrays.copyOfRange(bytes, 0, 4096)).isEqualTo(HEAD);
    assertThat(Arrays.copyOfRange(bytes, 4096, 8192)).isEqualTo(ENTRIES);
    assertThat(Arrays.copyOfRange(bytes, 8192, 12288)).isEqualTo(FENCE);
    assertThat(Arrays.copyOfRange(bytes, 12288, 16384)).isEqualTo(POINTS);
    try (SheetFile sheet = SheetFile.open(store, named, VOLUME, cache)) {
      assertThat(sheet.points()).isEqualTo(points());
      assertThat(sheet.find(2, 2)).isNull();
      assertThat(sheet.find(2, 4)).isEqualTo(ABC);
      assertThat(sheet.find(2, 9)).isEqualTo(TrackHash.ZERO);
      assertThat(sheet.find(FAR_TRACK, 3)).isEqualTo(SEVENS);
      assertThat(sheet.nextTrack(3)).isEqualTo(FAR_TRACK);
      assertThat(sheet.nextTrack(FAR_TRACK + 1)).isEqualTo(-1);
    }
  }

  @Test
  void anInventory() throws Exception {
    SealedPoint last = points().get(1);
    List<Inventory.Named> sheets = List.of(new Inventory.Named(0, 7), new Inventory.Named(3, 8));
    Inventory inventory =
        new Inventory(6, VOLUME, 9, 5, last.point().timeMillis(), last.root(), sheets);
    SimulatedStore store = new SimulatedStore(1, 1);

    inventory.create(store);

    byte[] bytes = bytes(store, "evidence");
    assertThat(bytes).hasSize(4096 + 512);
    assertThat(Arrays.copyOfRange(bytes, 0, 512)).isEqualTo(INVENTORY);
    assertThat(Arrays.copyOfRange(bytes, 512, 4096)).containsOnly(0);
    assertThat(Arrays.copyOfRange(bytes, 4096, 4608)).isEqualTo(INVENTORY);
    assertThat(Inventory.read(store, VOLUME)).isEqualTo(new Inventory.Found(inventory, true));
  }

  @Test
  void oneCopyIsSyncedBeforeTheOtherIsWritten() throws Exception {
    SimulatedStore store = new SimulatedStore(1, 1);
    Inventory.empty(VOLUME).create(store);
    store.startLog();

    Inventory.empty(VOLUME).with(List.of(), 2).write(store);

    assertThat(store.log().stream().map(each -> each.kind() + " " + each.offset()))
        .containsExactly("OPEN 0", "WRITE 0", "FLUSH 0", "WRITE 4096", "FLUSH 0");
  }

  @Test
  void aHashIsOfWholeTracksAndHolesAreZeros() {
    assertThat(ABC).hasToString("17fe03c5f83a1a6e08a786ab8f538231");
    assertThat(SEVENS).hasToString("07dcb6d11a03624831513672ffdb84d6");
    assertThat(TrackHash.of(ByteBuffer.wrap(new byte[] {'a', 'b', 'c', 0}))).isEqualTo(ABC);
    assertThat(TrackHash.of(ByteBuffer.allocate(9))).isEqualTo(TrackHash.ZERO);
    assertThat(TrackHash.of(ByteBuffer.allocateDirect(TrackHash.TRACK_BYTES)).isZero()).isTrue();
    assertThat(points().get(0).root())
        .hasToString("b88e40637149ef119117561d278365a64991bd7ff1dc915bf498e1195e9a9559");
  }

  private static byte[] bytes(SimulatedStore store, String name) throws StorageException {
    try (StoreFile file = store.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocateDirect((int) file.size());
      file.read(0, bytes);
      return Bytes.of(bytes);
    }
  }
}
