package org.copybay.fs.transport.jnr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.copybay.fs.transport.MountSpec;
import org.junit.jupiter.api.Test;

/** What libfuse is told. */
class JnrTransportTest {

  @Test
  void aMountIsWhatItsSpecificationSays() {
    assertThat(options("copybay#/bay", false, false, false))
        .startsWith("rw,nosuid,nodev,default_permissions,")
        .contains(",fsname=copybay#/bay,subtype=copybay,")
        .contains(",attr_timeout=0,entry_timeout=0,")
        .doesNotContain("allow_other")
        .doesNotContain("noexec");
    assertThat(options("x", true, true, true))
        .startsWith("ro,nosuid,nodev,noexec,default_permissions,allow_other,");
  }

  @Test
  void aSourceMayHaveWhatLibfuseTakesForItsOwn() {
    assertThat(options("a,b\\c", false, false, false)).contains("fsname=a\\,b\\\\c,subtype");
  }

  private static String options(
      String source, boolean readOnly, boolean allowOther, boolean noExec) {
    MountSpec spec = new MountSpec(Path.of("/mnt"), source, readOnly, allowOther, noExec);
    String[] arguments = JnrTransport.options(spec);
    assertThat(arguments).hasSize(2).startsWith("-o");
    return arguments[1];
  }
}
