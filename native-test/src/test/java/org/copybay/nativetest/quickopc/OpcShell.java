package org.copybay.nativetest.quickopc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/**
 * Scripts about sessions, with a few words of their own:
 *
 * <pre>
 * q start group=g          a command of QuickOPC; a refusal prints errno and last_error
 * pair a b                 group a-b of the pair p, from a to b
 * info a-b/p left_bytes    a value of the pair
 * phase a-b/p tracking     waits for that phase
 * put a 3 A3               fills region 3 of volume a with a stamp
 * stamps a                 the stamps of all regions; each must fill its region
 * </pre>
 */
final class OpcShell {
  static final int REGION = 64 << 10;

  private static final String WORDS =
      """
      q() { echo "quickopc $*" >$C/ctl || { cat $C/last_error >&2; return 1; }; }
      pair() { q group create group=$1-$2 ${3-}; q pair add group=$1-$2 pair=p source=$1 target=$2; }
      info() { sed -n "s/^$2: *//p" $C/quickopc/$1/info; }
      phase() { until [ "$(cat $C/quickopc/$1/phase)" = $2 ]; do sleep 0.05; done; }
      region() { head -c 65536 < <(yes "$1"); }
      put() {
        region "$3" | dd of=$V/$1 bs=64K seek=$2 iflag=fullblock conv=notrunc status=none
      }
      stamps() {
        local all=() i
        for ((i = 0; i < $(stat -c %s $V/$1) / 65536; i++)); do
          dd if=$V/$1 bs=64K skip=$i count=1 status=none >part
          all+=("$(head -n 1 part)")
          region "${all[-1]}" | cmp - part
        done
        echo "${all[*]}"
      }
      """;

  private final TestBay bay;

  OpcShell(TestBay bay) {
    this.bay = bay;
  }

  Shell.Result run(String script) {
    return bay.run(WORDS + script);
  }

  /** Runs a script that must succeed; returns what it printed. */
  String must(String script) {
    return run(script).ok();
  }

  /** Runs a script that must fail; returns errno as bash says it, and last_error. */
  String refused(String script) {
    return run(script).refused();
  }

  /** A value of a pair, as in {@code info("a-b/p", "phase")}. */
  String info(String pair, String key) {
    return must("info " + pair + " " + key);
  }

  long number(String pair, String key) {
    return Long.parseLong(info(pair, key));
  }

  /** U, TS and TD of a pair, with one digit for each region. */
  List<String> sets(String pair) {
    int regions = Integer.parseInt(info(pair, "regions"));
    char[][] bits = new char[3][regions];
    for (char[] set : bits) {
      Arrays.fill(set, '0');
    }
    for (String line : must("cat $C/quickopc/" + pair + "/diff").lines().toList()) {
      String[] words = line.split(" ", -1);
      int set = List.of("uncopied", "tracked_source", "tracked_target").indexOf(words[0]);
      if (set >= 0) {
        long from = Long.parseLong(words[1]);
        long end = from + Long.parseLong(words[2]);
        Arrays.fill(bits[set], (int) (from / REGION), (int) ((end - 1) / REGION) + 1, '1');
      }
    }
    List<String> all = new ArrayList<>();
    for (char[] set : bits) {
      all.add(String.valueOf(set));
    }
    return all;
  }
}
