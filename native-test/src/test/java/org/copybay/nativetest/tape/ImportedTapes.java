package org.copybay.nativetest.tape;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/** A test bay with a tape library, tape images, and the functions that its scripts use. */
final class ImportedTapes {
  /**
   * c LINE: a command; st BARCODE KEY: what its status says; gone BARCODE: nothing of it is left;
   * goes BARCODE: nor will be, in a moment; the images x.tap (four files: a tar, one record of an
   * odd length, nothing, and one without a filemark behind it), and its files a.tar, odd and last.
   */
  private static final String FUNCTIONS =
      """
      P=$MNT/tapes
      c() { echo "$*" >$C/ctl || { cat $C/last_error >&2; return 1; }; }
      st() { sed -n "s/^$2: *//p" $C/tape/media/$1/status; }
      gone() { if ls -A $P $BAY/tapes | grep -x "$1"; then return 1; fi; }
      goes() { for i in $(seq 100); do if gone "$1" >/dev/null; then return; fi; sleep 0.1; done; gone "$1"; }
      new() { for x in $(ls $C/tape/media); do c tape destroy barcode=$x; done; }
      """;

  private static final String IMAGE =
      """
      mkdir -p tree; for i in 1 2 3 4 5; do seq $((i * 5000)) >tree/f$i; done
      tar -b 20 -cf a.tar tree
      head -c 999 /dev/urandom >odd; echo last >last
      python3 - <<'END'
      import struct
      def rec(b):
          w = struct.pack('<I', len(b))
          return w + b + b'\\0' * (len(b) % 2) + w
      def recs(b, n): return b''.join(rec(b[i:i + n]) for i in range(0, len(b), n))
      mark = b'\\0' * 4
      read = lambda name: open(name, 'rb').read()
      image = recs(read('a.tar'), 10240) + mark + rec(read('odd')) + mark + mark + rec(read('last'))
      open('x.tap', 'wb').write(image)
      open('long.tap', 'wb').write(rec(b'A' * 80) + rec(b'B' * 65536) + mark)
      END
      """;

  private final TestBay bay;

  ImportedTapes(TestBay bay) {
    this.bay = bay;
  }

  /** Makes the images, once. */
  void make() {
    bay.must(IMAGE);
    must("c tape library name=L drives=1 slots=9");
  }

  String must(String script) {
    return bay.must(FUNCTIONS + script);
  }

  String refused(String script) {
    return bay.refused(FUNCTIONS + script);
  }

  Shell.Result run(String script) {
    return bay.run(FUNCTIONS + script);
  }

  Process start(String script) throws java.io.IOException {
    return bay.start(FUNCTIONS + script);
  }
}
