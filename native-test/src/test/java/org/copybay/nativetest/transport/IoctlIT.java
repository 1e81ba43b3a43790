package org.copybay.nativetest.transport;

import java.io.IOException;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No file of a bay is a device: a command of ioctl(2) is refused, and changes nothing. */
class IoctlIT {

  @ParameterizedTest
  @ValueSource(strings = {"dev", "jnr"})
  void everyFileAndDirectoryRefusesIoctl(String transport) throws IOException {
    Needs.program("python3");
    if (transport.equals("jnr")) {
      Needs.libfuse2();
    }
    try (TestBay bay = TestBay.onTmpfs("64m").withOptions("transport=" + transport).open()) {
      bay.command("create volume v size=1M");
      bay.must(
          """
          python3 - $V/v $V $C/status $C/ctl $C <<'END'
          import errno, fcntl, os, sys

          # MTIOCTOP, MTIOCGET, BLKGETSIZE64, FS_IOC_GETFLAGS
          for command in 0x40086d01, 0x80306d02, 0x80081272, 0x80086601:
              for name in sys.argv[1:]:
                  fd = os.open(name, os.O_WRONLY if name.endswith('/ctl') else os.O_RDONLY)
                  try:
                      fcntl.ioctl(fd, command, bytearray(64))
                  except OSError as e:
                      assert e.errno == errno.ENOTTY, (name, hex(command), e)
                  else:
                      raise AssertionError((name, hex(command)))
                  os.close(fd)
          END
          head -c 1M /dev/zero | cmp - $V/v
          """);
    }
  }
}
