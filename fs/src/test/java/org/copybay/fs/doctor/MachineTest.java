package org.copybay.fs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.copybay.fs.doctor.Finding.Severity;
import org.copybay.fs.doctor.JavaRuntime.Home;
import org.copybay.volumes.store.MountTable;
import org.junit.jupiter.api.Test;

/** The device, the kernel, Java, the temporary directory, limits and loop devices. */
class MachineTest {
  private static final long FUSE = 10 * 256 + 229;
  private static final Rights USER_IN_CONTAINER = new Rights(1000, false, true, false, true);

  @Test
  void theFuseDeviceIsFoundMissingWrongOrClosed() {
    assertThat(device(FUSE, null, true, RightsTest.USER).severity()).isEqualTo(Severity.OK);
    problem(device(-1, null, true, RightsTest.ROOT), "there is no /dev/fuse", "mknod -m 666");
    problem(device(-1, null, false, RightsTest.ROOT), "no module fuse", "modprobe fuse");
    problem(device(0x103, null, true, RightsTest.ROOT), "something else", "rm -f /dev/fuse; mknod");
    problem(device(-1, null, true, RightsTest.IN_CONTAINER), "there is no", "--device /dev/fuse");
    problem(device(-1, null, true, new Rights(0, true, true, false, true)), "there is no", "mknod");
    problem(device(FUSE, "denied", true, RightsTest.USER), "denied", "chmod 666 /dev/fuse");
    problem(device(FUSE, "denied", true, USER_IN_CONTAINER), "denied", "chmod 666 /dev/fuse");
    problem(device(FUSE, "not permitted", true, RightsTest.IN_CONTAINER), "not perm", "--device");
    problem(device(FUSE, "no such device", false, RightsTest.ROOT), "no module", "modprobe fuse");
  }

  private static Finding device(long number, String refusal, boolean module, Rights rights) {
    return FuseDevice.find(new FuseDevice.Facts(number, refusal, module), rights);
  }

  @Test
  void theKernelDecidesTheTransport() {
    assertThat(Kernel.find("5.4.0-generic", false).get(0).severity()).isEqualTo(Severity.OK);
    assertThat(Kernel.find("10.0", false).get(0).severity()).isEqualTo(Severity.OK);
    assertThat(Kernel.find("5.3.18", true).get(0).severity()).isEqualTo(Severity.WARNING);
    assertThat(Kernel.find("4.19.0", true).get(0).fix()).contains("transport=jnr");
    problem(Kernel.find("4.19.0", false).get(0), "no libfuse.so.2", "apt-get install libfuse2");
  }

  @Test
  void theKernelDecidesHowAnEndIsFoundOut() {
    assertThat(Kernel.find("6.8.1", true).get(1).found()).contains("numbers every mount once");
    Finding old = Kernel.find("6.1.0-13-amd64", true).get(1);
    assertThat(old.found()).contains("6.1.0-13-amd64", "recover=power");
    assertThat(old.severity()).isEqualTo(Severity.OK);
  }

  @Test
  void onlyTheMachinesThatAreSupportedAreInOrder() {
    assertThat(JavaRuntime.machine("Linux", "amd64", true).severity()).isEqualTo(Severity.OK);
    assertThat(JavaRuntime.machine("Linux", "aarch64", true).severity()).isEqualTo(Severity.OK);
    for (Finding other :
        List.of(
            JavaRuntime.machine("Linux", "i386", true),
            JavaRuntime.machine("Linux", "aarch64", false),
            JavaRuntime.machine("FreeBSD", "amd64", true))) {
      assertThat(other.severity()).as("%s", other).isEqualTo(Severity.PROBLEM);
    }
  }

  @Test
  void aNewJavaWantsItsFlags() {
    List<String> both =
        List.of("--enable-native-access=ALL-UNNAMED", "-Djffi.unsafe.disabled=true", "Main");

    assertThat(JavaRuntime.flags(17, "/jdk", List.of("Main")).severity()).isEqualTo(Severity.OK);
    assertThat(JavaRuntime.flags(24, "/jdk", both).severity()).isEqualTo(Severity.OK);
    assertThat(JavaRuntime.flags(24, "/jdk", both.subList(0, 1)).severity())
        .isEqualTo(Severity.WARNING);
    assertThat(JavaRuntime.flags(25, "/jdk", both.subList(1, 3)).severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void fstabKnowsNoJavaHome() {
    Home chosen = new Home(Path.of("/jdk25/bin/java"), 25);

    assertThat(JavaRuntime.homes(chosen, null).severity()).isEqualTo(Severity.WARNING);
    assertThat(JavaRuntime.homes(chosen, new Home(Path.of("/jdk11/bin/java"), 11)).found())
        .isEqualTo("/jdk11/bin/java is Java 11");
    assertThat(JavaRuntime.homes(chosen, chosen).found()).contains("the same");
    Finding other = JavaRuntime.homes(chosen, new Home(Path.of("/jdk17/bin/java"), 17));
    assertThat(other.found()).contains("/jdk17/bin/java", "/jdk25/bin/java");
    assertThat(other.severity()).isEqualTo(Severity.OK);
  }

  @Test
  void noexecMattersOnlyWhereLibrariesAreUnpacked() {
    MountTable mounts =
        MountTable.parse(
            """
            30 1 254:0 / / rw - ext4 /dev/vda rw
            31 30 0:5 / /tmp rw,noexec - tmpfs tmp rw
            """);
    Path tmp = Path.of("/tmp");

    assertThat(TempDirectory.natives("/n", "/n", tmp, mounts).found()).contains("does not matter");
    assertThat(TempDirectory.natives("/n", "/n", tmp, mounts).severity()).isEqualTo(Severity.OK);
    assertThat(TempDirectory.natives("", "", Path.of("/var/tmp"), mounts).severity())
        .isEqualTo(Severity.OK);
    problem(TempDirectory.natives("/n", "", tmp, mounts), "noexec", "java.io.tmpdir=/var/tmp");
    problem(TempDirectory.launcher("/x", false, false), "/x is no directory", "TMPDIR=/var/tmp");
    problem(TempDirectory.launcher("/x", true, false), "cannot be written", "TMPDIR=/var/tmp");
  }

  @Test
  void limitsAreReadFromTheTableOfTheProcess() throws IOException {
    String limits =
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max file size             1048576              unlimited            bytes
        Max open files            20000                20000                files
        Max core file size        0                    unlimited            bytes
        Max cpu time              unlimited            unlimited            seconds
        """;

    assertThat(Limits.soft(limits, "Max file size")).isEqualTo(1048576);
    assertThat(Limits.soft(limits, "Max open files")).isEqualTo(20000);
    assertThat(Limits.soft(limits, "Max cpu time")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void limitsAreHeldAgainstWhatADaemonNeeds() {
    assertThat(Limits.fileSize(Long.MAX_VALUE).severity()).isEqualTo(Severity.OK);
    assertThat(Limits.fileSize(1L << 40).severity()).isEqualTo(Severity.WARNING);
    assertThat(Limits.openFiles(320, 0).severity()).isEqualTo(Severity.OK);
    assertThat(Limits.openFiles(319, 0).severity()).isEqualTo(Severity.WARNING);
    assertThat(Limits.openFiles(1024, 88).severity()).isEqualTo(Severity.OK);
    assertThat(Limits.openFiles(1024, 89).fix()).contains("ulimit -n 1032");
    assertThat(Limits.openFiles(1024, 1000).severity()).isEqualTo(Severity.PROBLEM);
    assertThat(Limits.openFiles(63, 0).severity()).isEqualTo(Severity.PROBLEM);
  }

  @Test
  void aFreeLoopDeviceIsCountedOrCanBeMade() {
    assertThat(loops(Set.of("loop0", "loop1"), Set.of("loop0"), false, false).found())
        .isEqualTo("2 in /dev, 1 free");
    assertThat(loops(Set.of("loop0"), Set.of("loop0"), true, true).found()).contains("makes more");
    Finding taken = loops(Set.of("loop0"), Set.of("loop0", "loop1"), true, false);
    assertThat(taken.severity()).isEqualTo(Severity.WARNING);
    assertThat(taken.fix()).contains("mknod -m 660 /dev/loop2 b 7 2");
    assertThat(loops(Set.of(), Set.of(), false, true).fix()).contains("modprobe loop");
  }

  private static Finding loops(
      Set<String> devices, Set<String> used, boolean control, boolean shown) {
    return LoopDevices.find(new LoopDevices.Facts(devices, used, control, shown), RightsTest.ROOT);
  }

  @Test
  void mountEightNeedsAHelperAndTheLink() {
    assertThat(FstabMount.find(true, true).severity()).isEqualTo(Severity.OK);
    assertThat(FstabMount.find(true, false).fix()).contains("copybay install");
    assertThat(FstabMount.find(false, true).fix()).contains("apt-get install fuse3");
  }

  private static void problem(Finding finding, String found, String fix) {
    assertThat(finding.severity()).as("%s", finding).isEqualTo(Severity.PROBLEM);
    assertThat(finding.found()).contains(found);
    assertThat(finding.fix()).contains(fix);
  }
}
