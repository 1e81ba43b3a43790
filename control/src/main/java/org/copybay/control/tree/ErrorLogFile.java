package org.copybay.control.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.StorageException;

/** The last errors of the mount; whatever is written to it clears those of the writer. */
record ErrorLogFile(String path, ErrorLog errors) implements ControlFile {
  @Override
  public int mode() {
    return 0660;
  }

  @Override
  public long size(Caller caller) {
    return errors.text().getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) {
    return new Handle(new TextHandle(errors.text()), errors, caller);
  }

  private record Handle(TextHandle text, ErrorLog errors, Caller caller) implements ControlHandle {
    @Override
    public long size() {
      return text.size();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws StorageException {
      return text.read(offset, target);
    }

    @Override
    public int write(long offset, ByteBuffer source) {
      int length = source.remaining();
      source.position(source.limit());
      errors.clear(caller.uid());
      return length;
    }

    @Override
    public void close() {}
  }
}
