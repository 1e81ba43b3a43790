package org.copybay.fs.transport.jnr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.reflect.Proxy;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseHandler;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import ru.serce.jnrfuse.struct.FuseFileInfo;

/** What libfuse asks, without a mount. */
class FileCallbacksTest {

  /** No mount shows it for a directory: libfuse 2 refuses that one itself. */
  @Test
  void anIoctlOnADirectoryOrOfA32BitProgramIsEnotty() {
    FileCallbacks callbacks = callbacks();
    FuseFileInfo info = FuseFileInfo.of(null);

    for (long flag = 1; flag <= 1 << 6; flag <<= 1) {
      assertThat(callbacks.ioctl(null, 0x40086d01, null, info, flag, null))
          .isEqualTo(-Errno.ENOTTY.number());
    }
  }

  private static FileCallbacks callbacks() {
    FuseHandler nobody =
        (FuseHandler)
            Proxy.newProxyInstance(
                FuseHandler.class.getClassLoader(),
                new Class<?>[] {FuseHandler.class},
                (proxy, method, arguments) -> fail("called " + method));
    try {
      return new PathCallbacks(nobody, () -> {});
    } catch (LinkageError e) {
      System.err.println("SKIPPED " + FileCallbacksTest.class + ": " + e);
      return Assumptions.abort("needs libfuse 2");
    }
  }
}
