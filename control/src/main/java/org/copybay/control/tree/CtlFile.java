package org.copybay.control.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.control.command.Commands;
import org.copybay.control.command.CtlSession;
import org.copybay.control.command.Scope;
import org.copybay.control.report.Caller;
import org.copybay.volumes.StorageException;

/** The command file of one object. */
record CtlFile(Scope scope, Commands commands) implements ControlFile {
  @Override
  public String path() {
    return scope.path();
  }

  @Override
  public int mode() {
    return 0660;
  }

  @Override
  public long size(Caller caller) {
    return commands.usage(scope).getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) {
    return new Handle(commands.open(scope, caller));
  }

  private record Handle(CtlSession session) implements ControlHandle {
    @Override
    public long size() {
      return session.size();
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      return session.read(offset, target);
    }

    @Override
    public int write(long offset, ByteBuffer source) throws StorageException {
      return session.write(offset, source);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
