package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** dry-run, expect-gen and if-state. */
class ConditionsTest extends InterpreterFixture {
  @Test
  void aDryRunSaysWhatItWouldDoAndDoesNothing() throws Exception {
    Volume volume = open.volume("a", 4096);

    assertThat(run(Scope.bay(), "delete volume=a dry-run=yes id=x"))
        .isEqualTo("ok dry-run: would delete volume a of 4096 bytes");
    assertThat(run(Scope.bay(), "resize volume=a size=8K dry-run=yes"))
        .isEqualTo("ok dry-run: would resize volume a from 4096 to 8192 bytes");
    assertThat(run(Scope.bay(), "duplicate a b dry-run=yes"))
        .isEqualTo("ok dry-run: would copy 4096 bytes of volume a to b");
    assertThat(refused(Scope.bay(), "delete volume=nix dry-run=yes").error().fault())
        .isEqualTo(Fault.NOT_FOUND);

    assertThat(volume.size()).isEqualTo(4096);
    assertThat(open.jobs().all()).isEmpty();
    assertThat(audit.text().lines()).hasSize(1);
    assertThat(run(Scope.bay(), "delete volume=a id=x")).isEqualTo("ok x volume a is deleted");
  }

  @Test
  void anotherGenerationThanExpectedIsStale() throws Exception {
    open.volume("a", 1024);
    run(Scope.bay(), "resize volume=a size=2K expect-gen=1");

    RefusedException refused = refused(Scope.bay(), "resize volume=a size=3K expect-gen=1");

    assertThat(refused.error().fault()).isEqualTo(Fault.STALE);
    assertThat(refused.column()).isEqualTo(35);
    assertThat(refused(Scope.bay(), "create volume b size=1K expect-gen=1").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
  }

  @Test
  void anotherStateThanAskedForIsTooSoon() throws Exception {
    open.volume("a", 1024);

    assertThat(refused(Scope.bay(), "delete volume=a if-state=making").error().fault())
        .isEqualTo(Fault.AGAIN);
    assertThat(refused(Scope.bay(), "delete volume=a if-state=asleep").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(run(Scope.bay(), "delete volume=a if-state=READY")).startsWith("ok");
  }

  @Test
  void aStateThatIsReachedIsToldAfterTheConditions() throws Exception {
    Volume volume = open.volume("a", 1024);

    for (String tail : List.of("", " dry-run=yes", " expect-gen=1")) {
      RefusedException resize = refused(Scope.bay(), "resize volume=a size=1K shrink=yes" + tail);
      assertThat(resize.error().fault()).isEqualTo(Fault.ALREADY);
      assertThat(resize.error()).hasMessage("volume a has 1024 bytes already");
      assertThat(resize.column()).isEqualTo(21);
      RefusedException cache = refused(Scope.bay(), "cache volume=a mode=PAGE" + tail);
      assertThat(cache.error().fault()).isEqualTo(Fault.ALREADY);
      assertThat(cache.error()).hasMessage("cache of volume a is page already");
      assertThat(cache.column()).isEqualTo(20);
    }
    assertThat(refused(Scope.bay(), "cache volume=a mode=page expect-gen=9").error().fault())
        .isEqualTo(Fault.STALE);
    assertThat(volume.row().generation()).isEqualTo(1);
    assertThat(run(Scope.bay(), "cache volume=a mode=block")).isEqualTo("ok gen=2 cache is block");
    assertThat(refused(Scope.bay(), "cache volume=a mode=block").error().fault())
        .isEqualTo(Fault.ALREADY);
  }

  @ParameterizedTest
  @CsvSource({
    "create volume b/c size=1M,BAD_REQUEST,b/c",
    "create volume reserved size=1M,BUSY,reserved",
    "rename volume=a to=..,BAD_REQUEST,..",
    "rename volume=a to=reserved,BUSY,reserved",
    "duplicate from=a to=b/c,BAD_REQUEST,b/c",
    "duplicate from=a to=reserved,BUSY,reserved",
    "duplicate from=a to=written replace=yes,BUSY,written",
    "duplicate from=half to=b,BUSY,half",
    "duplicate from=a to=copied replace=yes,BUSY,copied",
    "delete volume=copied,BUSY,copied",
    "resize volume=copied size=1K shrink=yes,BUSY,copied",
    "check volume=written,BUSY,written",
    "resize volume=read size=1K shrink=yes,BUSY,read",
    "resize volume=half size=1M,BUSY,half",
    "finish volume=half,BAD_REQUEST,half",
  })
  void aDryRunFindsWhatDoingWouldFind(String line, Fault fault, String blamed) throws Exception {
    open.volume("a", 4096);
    VolumeRecord.Owner owner = new VolumeRecord.Owner(1000, 1000, 0600);
    NewVolume wanted = new NewVolume("reserved", 4096, null, CacheMode.PAGE, owner);
    open.bay().reserve(wanted, false, new Hold("9", "being made"));
    open.bay()
        .createMaking(new NewVolume("half", 0, null, CacheMode.PAGE, owner), new Opener(1, false))
        .open()
        .close();
    assertThat(open.bay().points().freezeFor("8", open.volume("copied", 4096)).size())
        .isEqualTo(4096);
    try (var reader = open.volume("read", 4096).open(new Opener(1, false), false);
        var writer = open.volume("written", 4096).open(new Opener(1, true), false)) {
      RefusedException dry = refused(Scope.bay(), line + " dry-run=yes");
      RefusedException done = refused(Scope.bay(), line);

      assertThat(dry.error().fault()).isEqualTo(fault);
      assertThat(line.substring(dry.column())).startsWith(blamed);
      assertThat(done.error()).hasMessage(dry.error().getMessage());
      assertThat(done.error().fault()).isEqualTo(fault);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create volume b size=1M",
        "resize volume=a size=1M",
        "rename volume=a to=b",
        "cache volume=a mode=block",
        "delete volume=a",
        "check volume=a",
        "duplicate from=a to=b",
      })
  void aDryRunInAReadOnlyBayIsRefused(String line) throws Exception {
    open.volume("a", 4096);
    open = open.reopen(true);
    start();

    RefusedException refused = refused(Scope.bay(), line + " dry-run=yes");

    assertThat(refused.error().fault()).isEqualTo(Fault.READ_ONLY);
    assertThat(run(Scope.bay(), "help")).startsWith("ok");
  }

  @Test
  void aFinishedVolumeIsToldAfterTheConditions() throws Exception {
    open.volume("a", 1024);

    assertThat(refused(Scope.bay(), "finish volume=a expect-gen=9").error().fault())
        .isEqualTo(Fault.STALE);
    assertThat(refused(Scope.bay(), "finish volume=a if-state=making").error().fault())
        .isEqualTo(Fault.AGAIN);
    assertThat(refused(Scope.bay(), "finish volume=a").error())
        .hasMessage("volume a is finished already")
        .extracting(StorageException::fault)
        .isEqualTo(Fault.ALREADY);
  }
}
