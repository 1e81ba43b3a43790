package org.copybay.nativetest.optical;

import java.util.LinkedHashMap;
import java.util.Map;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/** Optical storage in a test bay, with the functions that its scripts use. */
final class Jukebox {
  /**
   * c LINE: a command; d NAME WORDS...: a duplicate, to its end; st ID KEY: what its status says;
   * new: nothing is there.
   */
  private static final String FUNCTIONS =
      """
      O=$MNT/optical
      c() { echo "$*" >$C/ctl || { cat $C/last_error >&2; return 1; }; }
      d() { local id=$1; shift; c "optical duplicate $* id=$id"; cat $C/jobs/$id/wait >/dev/null; }
      st() { sed -n "s/^$2: *//p" $C/optical/volumes/$1/status; }
      blank() { c "optical add device=$1 cartridge=$2 media=$3 capacity=$4 sides=${5:-1}"; }
      new() {
        for r in $(ls $C/optical/rotations); do c optical rotation name=$r action=delete; done
        for x in $(ls $C/optical/cartridges); do c optical destroy cartridge=$x; done
        for x in $(ls $C/optical/devices); do c optical device name=$x action=delete; done
      }
      """;

  private final TestBay bay;

  Jukebox(TestBay bay) {
    this.bay = bay;
  }

  /** Takes away what another test of the class has left. */
  Jukebox anew() {
    must("new");
    return this;
  }

  /** Makes a library of so many drives. */
  Jukebox library(String name, int drives) {
    must("c optical device name=" + name + " type=library drives=" + drives + " slots=30");
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

  Process start(String script) throws java.io.IOException {
    return bay.start(FUNCTIONS + script);
  }

  /** What the status of a volume says. */
  String status(String volume, String key) {
    return must("st " + volume + " " + key);
  }

  /** What the status of a job says. */
  Map<String, String> job(String id) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : bay.must("cat $C/jobs/" + id + "/status").lines().toList()) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    return values;
  }
}
