package org.copybay.nativetest.tape;

import java.io.IOException;
import java.nio.file.Files;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/** A tape library in a test bay, with the functions that its scripts use. */
final class Vtl {
  /**
   * c LINE: a command; x LINE: a command to the changer of VTL1; mt NAME...: mt(1) on nst0; st: its
   * status; closed: waits until every close has come; why: the sentence of the last error; objects
   * BARCODE: what its image has, one word for each object, a length or FM; dump BARCODE: the same
   * as mtdump tells it, which knows no records above 64 KiB and ends at two filemarks; new: nothing
   * is there.
   */
  private static final String FUNCTIONS =
      """
      D=$MNT/drives; N=$D/nst0; X=$C/tape/libraries/VTL1/changer
      MTX=$(dirname $COPYBAY)/libexec/mtx-changer
      c() { echo "$*" >$C/ctl || { cat $C/last_error >&2; return 1; }; }
      x() { echo "$*" >$X || { cat $C/last_error >&2; return 1; }; }
      mt() { mt-st -f $N "$@"; }
      st() { mt-st -f ${1-$N} status; }
      why() { sed -n 1p $C/last_error; }
      # A close comes to the daemon a moment after it; the next open waits for it.
      closed() { for d in $D/nst*; do mt-st -f $d status >/dev/null; done; }
      objects() { closed; python3 $T/tape.py $MNT/tapes/$1; }
      dump() {
        closed
        mtdump $MNT/tapes/$1 | sed -nE 's/^Obj .* length = ([0-9]+) .*/\\1/p
          s/^Obj .*end of tape file.*/FM/p; /^(Error|Invalid)/p' | paste -sd' '
      }
      new() {
        for d in $(ls $C/tape/drives); do
          if grep -q '^online: yes' $C/tape/drives/$d/status; then mt-st -f $D/$d unlock; fi
          if grep -q '^cartridge: [^-]' $C/tape/drives/$d/status; then c tape unload drive=$d; fi
        done
        for b in $(ls $C/tape/media); do c tape destroy barcode=$b; done
        for l in $(ls $C/tape/libraries); do c tape library name=$l action=delete; done
      }
      """;

  /** What Python scripts begin with: system calls on drives from buffers at any place of a page. */
  private static final String PYTHON =
      """
      import array, ctypes, errno, fcntl, mmap, os, struct, sys
      libc = ctypes.CDLL(None, use_errno=True)
      for call in libc.read, libc.write:
          call.restype = ctypes.c_ssize_t
          call.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
      FSF, BSF, BSR, WEOF, REW, EOM, ERASE, SETBLK = 1, 2, 4, 5, 6, 12, 13, 20

      class Buffer:
          '''Bytes that begin so far behind the beginning of a page.'''
          def __init__(self, size, offset=0):
              self.map = mmap.mmap(-1, size + offset + 8192)
              self.size, self.offset = size, offset
              start = ctypes.addressof(ctypes.c_char.from_buffer(self.map))
              assert start % 4096 == 0
              self.address = start + offset
          def put(self, data):
              self.map[self.offset:self.offset + len(data)] = data
              return self
          def get(self, size):
              return self.map[self.offset:self.offset + size]

      def drive(name, flags=os.O_RDWR):
          return os.open(os.environ["MNT"] + "/drives/" + name, flags)
      def done(n):
          if n < 0:
              raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
          return n
      def write(fd, buffer, size=None):
          return done(libc.write(fd, buffer.address, buffer.size if size is None else size))
      def read(fd, buffer, size=None):
          return done(libc.read(fd, buffer.address, buffer.size if size is None else size))
      def op(fd, number, count=1):
          fcntl.ioctl(fd, 0x40086d01, struct.pack("hxxi", number, count))
      def status(fd):
          '''The bits GMT_*, file and block.'''
          a = struct.unpack("qqqqqii", fcntl.ioctl(fd, 0x80306d02, bytes(48)))
          return a[3], a[5], a[6]
      def tell(fd):
          return struct.unpack("q", fcntl.ioctl(fd, 0x80086d03, bytes(8)))[0]
      def error(call, *arguments):
          '''The name of the error that a call ends with, or what it returns.'''
          try:
              return call(*arguments)
          except OSError as e:
              return errno.errorcode[e.errno]
      def pattern(seed, size):
          return (b"%08x" % seed * (size // 8 + 1))[:size]
      def records(image):
          '''What a SIMH tape image has: bytes, or None for a filemark.'''
          at = 0
          while at < len(image):
              size = struct.unpack_from("<I", image, at)[0]
              at += 4
              if size == 0:
                  yield None
                  continue
              assert size < 1 << 24, "object at %d has class %x" % (at - 4, size >> 24)
              yield image[at:at + size]
              end = at + size + size % 2
              assert not any(image[at + size:end]), "pad byte at %d" % (at + size)
              assert struct.unpack_from("<I", image, end)[0] == size, "second length at %d" % end
              at = end + 4
      if __name__ == "__main__":
          print(*("FM" if each is None else len(each)
                  for each in records(open(sys.argv[1], "rb").read())))
      """;

  private final TestBay bay;

  Vtl(TestBay bay) {
    this.bay = bay;
  }

  /** Takes away what another test of the class has left, and makes the library VTL1. */
  Vtl anew(String words) {
    Needs.program("mt-st", "mtdump", "python3");
    try {
      Files.writeString(bay.scratch().resolve("tape.py"), PYTHON);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    must("new; c tape library name=VTL1 " + words);
    return this;
  }

  /** The library VTL1 of two drives, with cartridges VT0001L8 and so on, the first in nst0. */
  Vtl loaded(int cartridges, String capacity) {
    anew("drives=2 slots=10 mail=2");
    must("c tape add library=VTL1 count=" + cartridges + " capacity=" + capacity + "; x load 1 0");
    return this;
  }

  String must(String script) {
    return bay.must(FUNCTIONS + script);
  }

  Shell.Result run(String script) {
    return bay.run(FUNCTIONS + script);
  }

  String refused(String script) {
    return bay.refused(FUNCTIONS + script);
  }

  Process start(String script) throws IOException {
    return bay.start(FUNCTIONS + script);
  }

  /** Runs Python with the functions for drives; it must succeed. Returns what it printed. */
  String python(String script) {
    return must(pythonScript(script));
  }

  Process startPython(String script) throws IOException {
    return start(pythonScript(script));
  }

  private static String pythonScript(String script) {
    return "PYTHONPATH=$T python3 - <<'END'\nfrom tape import *\n" + script + "\nEND\n";
  }
}
