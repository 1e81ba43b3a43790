package org.copybay.fs.transport.jnr;

import org.copybay.fs.transport.Request;
import ru.serce.jnrfuse.struct.FuseContext;

/** Who asks, as libfuse says it to the thread of a callback. */
record Caller(long unique, int uid, int gid, int pid) implements Request {

  static Caller of(long unique, FuseContext context) {
    return new Caller(
        unique, context.uid.intValue(), context.gid.intValue(), context.pid.intValue());
  }
}
