package org.copybay.control.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An open text: its content is that of the moment of the open. */
final class TextHandle implements ReadHandle {
  private final byte[] content;

  TextHandle(String text) {
    content = text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    if (offset < 0 || offset >= content.length) {
      return 0;
    }
    int length = (int) Math.min(target.remaining(), content.length - offset);
    target.put(content, (int) offset, length);
    return length;
  }
}
