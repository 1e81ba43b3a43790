package org.copybay.volumes.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineUptimeTest {
  private static final String BOOT = "0d5cb8a2-6d5b-4f6e-8ab5-2f8f2ce1f7bb";

  @TempDir Path proc;

  @BeforeEach
  void makeProc() throws IOException {
    Files.createDirectories(proc.resolve("sys/kernel/random"));
    Files.createDirectories(proc.resolve("self/ns"));
    Files.writeString(proc.resolve("sys/kernel/random/boot_id"), BOOT + "\n");
    Files.writeString(proc.resolve("uptime"), "58360.68 39334.18\n");
  }

  private void namespace(String own, String children, long seconds, long nanos) throws IOException {
    link("time", own);
    link("time_for_children", children);
    Files.writeString(
        proc.resolve("self/timens_offsets"),
        "monotonic           0         0\nboottime %11d %9d\n".formatted(seconds, nanos));
  }

  private void link(String name, String value) throws IOException {
    Path link = proc.resolve("self/ns").resolve(name);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(value));
  }

  @Test
  void itIsTheFirstNumberInProcUptime() throws Exception {
    Uptime uptime = new MachineUptime(proc);

    assertThat(uptime.bootId()).isEqualTo(BOOT);
    assertThat(uptime.millis()).isEqualTo(58_360_680);
  }

  @Test
  void whatATimeNamespaceAddsIsTakenOff() throws Exception {
    namespace("time:[17]", "time:[17]", 864_000, 500_000_000);
    Files.writeString(proc.resolve("uptime"), "922361.18 39334.18\n");

    assertThat(new MachineUptime(proc).millis()).isEqualTo(58_360_680);
  }

  @Test
  void whatATimeNamespaceTakesOffIsAdded() throws Exception {
    namespace("time:[17]", "time:[17]", -60, 0);

    assertThat(new MachineUptime(proc).millis()).isEqualTo(58_420_680);
  }

  @Test
  void theShiftOfAnotherNamespaceIsNotTakenForItsOwn() throws Exception {
    namespace("time:[17]", "time:[18]", 0, 0);

    assertThatThrownBy(() -> new MachineUptime(proc)).isInstanceOf(IOException.class);
  }

  @Test
  void whileItCannotBeReadTimeStandsStill() throws Exception {
    Uptime uptime = new MachineUptime(proc);
    Files.delete(proc.resolve("uptime"));
    assertThat(uptime.millis()).isEqualTo(58_360_680);

    Files.writeString(proc.resolve("uptime"), "nonsense\n");
    assertThat(uptime.millis()).isEqualTo(58_360_680);

    Files.writeString(proc.resolve("uptime"), "58361.00 39334.18\n");
    assertThat(uptime.millis()).isEqualTo(58_361_000);
  }

  @Test
  void itNeverBecomesLess() throws Exception {
    Uptime uptime = new MachineUptime(proc);
    Files.writeString(proc.resolve("uptime"), "1.00 1.00\n");

    assertThat(uptime.millis()).isEqualTo(58_360_680);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x y", "1e99999 0", "99999999999999999999.00 0"})
  void aFileOfAnotherFormIsNone(String text) throws Exception {
    Files.writeString(proc.resolve("uptime"), text);

    assertThatThrownBy(() -> new MachineUptime(proc)).isInstanceOf(IOException.class);
  }

  @Test
  void thatOfThisMachineGoesOn() {
    Uptime uptime = Uptime.ofMachine();
    long before = uptime.millis();

    assertThat(uptime.bootId()).isEqualTo(Uptime.ofMachine().bootId());
    assertThat(uptime.millis()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void thatOfAProcessIsNeverThatOfAnother() {
    Uptime uptime = new MachineUptime.ProcessUptime();

    assertThat(uptime.millis()).isNotNegative();
    assertThat(new MachineUptime.ProcessUptime().bootId()).isNotEqualTo(uptime.bootId());
  }
}
