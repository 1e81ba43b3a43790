package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;

/** What a cartridge should hold: records, and an empty array for each filemark. */
final class TapeModel {
  static final byte[] MARK = new byte[0];

  private final List<byte[]> objects = new ArrayList<>();

  TapeModel() {}

  TapeModel(TapeModel other) {
    objects.addAll(other.objects);
  }

  int size() {
    return objects.size();
  }

  byte[] get(int number) {
    return objects.get(number);
  }

  void add(byte[] object) {
    objects.add(object);
  }

  void cut(int number) {
    objects.subList(number, objects.size()).clear();
  }

  /** Whether the other begins with all of this. */
  boolean isPrefixOf(TapeModel other) {
    return size() <= other.size()
        && Arrays.deepEquals(objects.toArray(), other.objects.subList(0, size()).toArray());
  }

  int marks(int before) {
    return (int) objects.subList(0, before).stream().filter(each -> each.length == 0).count();
  }

  /** What a cartridge holds, every record read and checked. */
  static TapeModel of(Cartridge cartridge) throws StorageException {
    TapeModel found = new TapeModel();
    for (long number = 0; number < cartridge.end().objects(); number++) {
      found.add(cartridge.isMark(number) ? MARK : read(cartridge, number));
    }
    return found;
  }

  static byte[] read(Cartridge cartridge, long number) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(cartridge.length(number) + 7).position(3);
    int length = cartridge.read(number, target);
    return Arrays.copyOfRange(Bytes.of(target), 3, 3 + length);
  }

  /** The image that those objects are, without an end-of-medium word. */
  byte[] image() {
    int length = 0;
    for (byte[] each : objects) {
      length += (int) TapeObject.framedBytes(each.length == 0, each.length);
    }
    ByteBuffer image = ByteBuffer.allocate(length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (byte[] each : objects) {
      image.putInt(each.length);
      if (each.length > 0) {
        image.put(each).put(new byte[each.length & 1]).putInt(each.length);
      }
    }
    return image.array();
  }
}
