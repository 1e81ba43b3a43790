package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
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

class InterpreterTest extends InterpreterFixture {
  // ---- verbs and scopes

  @Test
  void theVolumeIsImpliedInItsOwnCtl() throws Exception {
    Volume volume = open.volume("a b", 1024);

    assertThat(run(Scope.volume("a b"), "resize size=2K"))
        .isEqualTo("ok gen=2 volume a b has 2048 bytes");
    assertThat(run(Scope.volume("a b"), "resize 3K")).startsWith("ok gen=3");
    assertThat(run(Scope.bay(), "resize \"a b\" 4K")).startsWith("ok gen=4");
    assertThat(run(Scope.bay(), "RESIZE Volume=\"a b\" SIZE=5K")).startsWith("ok gen=5");

    assertThat(volume.size()).isEqualTo(5 * 1024);
  }

  @Test
  void anotherVolumeCannotBeNamedThere() throws Exception {
    open.volume("a", 1024);
    open.volume("b", 1024);

    RefusedException refused = refused(Scope.volume("a"), "delete volume=b");

    assertThat(refused.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.column()).isEqualTo(14);
    assertThat(open.bay().volumes()).hasSize(2);
  }

  @Test
  void aVerbOfAnotherKindOfObjectIsSentThere() {
    RefusedException refused = refused(Scope.volume("a"), "cancel job=1");

    assertThat(refused.error().getMessage()).isEqualTo("cancel is no command of a volume");
    assertThat(refused.error().remedy()).contains(".control/ctl");
  }

  @ParameterizedTest
  @CsvSource({
    "dupliacte from=a to=b,0,unknown verb dupliacte; the nearest is duplicate,duplicate from=a to=b",
    "frobnicate,0,unknown verb frobnicate,'one of bitmap, cache, cancel, check, create, delete,"
        + " dismount, dissolve, drop, duplicate, finish, freeze, help, merge, mount, pause, rate,"
        + " release, rename, resize, resume, shadow, show, split, stall, thaw'",
    "create volume x sise=4K,16,unknown key sise= of create; the nearest is size=,"
        + "create volume x size=4K",
    "create disk x size=4K,7,kind= is one of volume,",
    "create volume x,15,'create needs size=: bytes, or with K M G T P (powers of 1024) or b"
        + " (512)',create volume NAME size=SIZE [path=/DIRECTORY] [cache=page|block]",
    "create volume x size=0,21,a volume has at least 1 byte,",
    "create volume x size=4X,21,*,",
    "create volume x size=4K size=5K,24,size= is given twice,",
    "create volume x size=4K cache=none,30,'cache= is one of page, block',",
    "create volume x size=4K path=here,29,path= is an absolute directory,path=/disk2/directory",
    "create volume x size=4K path=/no/such/place,29,no directory /no/such/place,mkdir it first",
    "create volume x size=4K path=/mnt/bay/a,29,*,",
    "create volume x size=4K -now,24,create takes no flag -now,",
    "duplicate a b yes,14,duplicate does not know what to do with this word,*",
    "create volume x y size=4K,16,create does not know what to do with this word,*",
    "create volume x size=4K id=a/b,27,*,",
    "create volume x size=4K id=latest,27,*,",
    "create volume x size=4K dry-run=perhaps,32,'dry-run= is one of yes, no',",
    "delete volume=nix,14,no volume nix,*",
    "cancel job=nix,11,no job nix,*",
    "rate job=nix limit=4X,9,no job nix,*",
    "duplicate from=nix to=x,15,no volume nix,*",
  })
  void anErrorNamesItsWordAndWhatToTry(String line, int column, String message, String remedy) {
    RefusedException refused = refused(Scope.bay(), line);

    assertThat(refused.column()).as(line).isEqualTo(column);
    if (!message.equals("*")) {
      assertThat(refused.error().getMessage()).isEqualTo(message);
      if (remedy == null || !remedy.equals("*")) {
        assertThat(refused.error().remedy()).isEqualTo(remedy);
      }
    }
  }

  @Test
  void aNameThatIsTakenIsTheFaultOfItsWord() throws Exception {
    open.volume("a", 1024);
    open.volume("b", 1024);

    assertThat(refused(Scope.bay(), "create volume a size=1K").error().fault())
        .isEqualTo(Fault.EXISTS);
    RefusedException rename = refused(Scope.bay(), "rename volume=a to=b");
    assertThat(rename.error().fault()).isEqualTo(Fault.EXISTS);
    assertThat(rename.column()).isEqualTo(19);
    RefusedException copy = refused(Scope.bay(), "duplicate from=a to=b");
    assertThat(copy.error().fault()).isEqualTo(Fault.EXISTS);
    assertThat(copy.error().remedy()).contains("replace=yes");
  }

  @Test
  void shrinkingIsAskedForInWords() throws Exception {
    Volume volume = open.volume("a", 4096);

    RefusedException refused = refused(Scope.bay(), "resize volume=a size=1K");
    assertThat(refused.error().remedy()).isEqualTo("resize volume=a size=1024 shrink=yes");
    run(Scope.bay(), "resize volume=a size=1K shrink=yes");

    assertThat(volume.size()).isEqualTo(1024);
    assertThat(audit.text()).contains(" resize ok resize volume=a size=1K shrink=yes\n");
  }

  @Test
  void aHeldVolumeIsBusyWithTheIdOfTheJob() throws Exception {
    open.volume("a", 4096).hold("a", new Hold("17", "being duplicated"));

    for (String line :
        List.of("delete volume=a", "resize volume=a size=8K", "rename volume=a to=b")) {
      RefusedException refused = refused(Scope.bay(), line);
      assertThat(refused.error().fault()).isEqualTo(Fault.BUSY);
      assertThat(refused.error().getMessage()).contains("being duplicated by job 17");
      assertThat(refused.error().remedy()).isEqualTo("cat .control/jobs/17/wait");
    }
  }

  // ---- ids

  @Test
  void theSameIdAndTextRunsOnceAlsoAfterARestart() throws Exception {
    assertThat(run(Scope.bay(), "create volume a size=1K id=x"))
        .isEqualTo("ok x gen=1 volume a has 1024 bytes");
    assertThat(run(Scope.bay(), "create  VOLUME a id=x size=1K # again"))
        .isEqualTo("ok x (already accepted)");

    open = open.reopen();
    start();

    assertThat(run(Scope.bay(), "create volume a size=1K id=x"))
        .isEqualTo("ok x (already accepted)");
  }

  @Test
  void theSameIdWithAnotherTextIsTaken() throws Exception {
    run(Scope.bay(), "create volume a size=1K id=x");

    RefusedException refused = refused(Scope.bay(), "create volume b size=1K id=x");

    assertThat(refused.error().fault()).isEqualTo(Fault.EXISTS);
    assertThat(refused.column()).isEqualTo(27);
  }

  @Test
  void theSameWishThroughAnotherCtlIsTheSameText() throws Exception {
    open.volume("a", 1024);
    open.volume("b", 1024);
    run(Scope.volume("a"), "resize size=2K id=x");

    assertThat(run(Scope.bay(), "resize volume=a size=2K id=x")).endsWith("(already accepted)");
    assertThat(refused(Scope.volume("b"), "resize size=2K id=x").error().fault())
        .isEqualTo(Fault.EXISTS);
  }

  /** A crash can never come between the two: they are one transaction. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "create volume new size=1K",
        "resize volume=a size=2K",
        "resize volume=a size=512 shrink=yes",
        "cache volume=a mode=block",
        "rename volume=a to=new",
        "delete volume=a",
        "finish volume=half",
      })
  void aCommandWhoseIdCannotBeNotedChangesNothing(String line) throws Exception {
    open.volume("a", 1024);
    open.bay()
        .createMaking(
            new NewVolume(
                "half", 0, null, CacheMode.PAGE, new VolumeRecord.Owner(1000, 1000, 0600)),
            new Opener(1, false))
        .open()
        .close();
    open.bay().find("half").setSize(4096);
    List<VolumeRecord> before = rows();
    open.bay()
        .catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute(
                    "create temp trigger no_id before insert on accepted_command"
                        + " begin select raise(abort, 'no id'); end");
              }
            });

    assertThat(refused(Scope.bay(), line + " id=x").error()).hasMessageContaining("no id");

    assertThat(rows()).isEqualTo(before);
    open = open.reopen();
    start();
    assertThat(rows()).isEqualTo(before);
    assertThat(run(Scope.bay(), line + " id=x")).startsWith("ok x");
    assertThat(run(Scope.bay(), line + " id=x")).isEqualTo("ok x (already accepted)");
  }

  private List<VolumeRecord> rows() {
    return open.bay().volumes().stream().map(Volume::row).toList();
  }

  @Test
  void anIdIsForgottenAfterSevenDays() throws Exception {
    run(Scope.bay(), "create volume a size=1K id=x");

    open.clock().pass(Duration.ofDays(7).minusSeconds(1));
    assertThat(run(Scope.bay(), "create volume a size=1K id=x")).contains("already");
    open.clock().pass(Duration.ofSeconds(1));

    assertThat(run(Scope.bay(), "create volume b size=1K id=x")).contains("volume b has");
  }

  @Test
  void aRefusedCommandLeavesItsIdFree() throws Exception {
    refused(Scope.bay(), "delete volume=a id=x");
    open.volume("a", 1024);

    assertThat(run(Scope.bay(), "delete volume=a id=x")).isEqualTo("ok x volume a is deleted");
  }

  // ---- destruction

  @Test
  void destructiveCommandsAreAuditedWithTheirResult() throws Exception {
    open.volume("a", 1024);
    open.volume("b", 1024).hold("b", new Hold("9", "being checked"));

    run(Scope.volume("a"), "delete note=\"old stuff\"");
    refused(Scope.bay(), "delete volume=b");

    assertThat(audit.text().lines().skip(1))
        .containsExactly(
            "1 2025-11-21T09:31:07Z 1000 5120 volumes/a/ctl delete ok delete note=\"old stuff\"",
            "2 2025-11-21T09:31:07Z 1000 5120 ctl delete EBUSY delete volume=b");
  }

  /** One entry, not a begin and a result: nothing had begun. */
  @Test
  void whatIsRefusedBeforeItRunsIsOneEntry() throws Exception {
    open.volume("b", 1024).hold("b", new Hold("9", "being checked"));

    refused(Scope.bay(), "delete volume=none");
    refused(Scope.bay(), "delete volume=b");

    assertThat(audit.text().lines().skip(1))
        .hasSize(2)
        .satisfiesExactly(
            line -> assertThat(line).contains(" ENOENT "),
            line -> assertThat(line).contains(" EBUSY "));
    assertThat(audit.chain().lines()).hasSize(3);
  }

  @Test
  void onlyTheOwnerOfTheMountAndRootMayDestroy() throws Exception {
    open.volume("a", 1024);

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> interpreter.run(Scope.bay(), OpenBay.OTHER, "delete volume=a"));

    assertThat(refused.error().fault()).isEqualTo(Fault.DENIED);
    assertThat(open.bay().volumes()).hasSize(1);
    assertThat(audit.text()).contains(" 1001 6000 ctl delete EACCES delete volume=a\n");
    assertThat(interpreter.run(Scope.bay(), OpenBay.OTHER, "create volume b size=1K"))
        .startsWith("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resize volume=a size=2K",
        "rename volume=a to=b",
        "cache volume=a mode=block",
        "finish volume=a",
        "pause job=theirs",
        "rate job=theirs limit=1",
        "cancel job=theirs",
      })
  void whatBelongsToSomebodyElseIsNotChanged(String line) throws Exception {
    open.volume("a", 1024);
    run(Scope.bay(), "check volume=a id=theirs");

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> interpreter.run(Scope.bay(), OpenBay.OTHER, line));

    assertThat(refused.error().fault()).isEqualTo(Fault.DENIED);
    assertThat(refused.error())
        .hasMessageContaining("which is of uid 1000: only uid 1000 and root");
  }

  @Test
  void onlyTheOwnerOfTheMountAndRootMayChooseADirectory() throws Exception {
    String line = "create volume a size=1K path=" + directory.toRealPath();

    for (String tail : List.of("", " dry-run=yes")) {
      RefusedException refused =
          catchThrowableOfType(
              RefusedException.class,
              () -> interpreter.run(Scope.bay(), OpenBay.OTHER, line + tail));
      assertThat(refused.error().fault()).isEqualTo(Fault.DENIED);
      assertThat(refused.error())
          .hasMessage("uid 1001 may not choose a directory: only uid 1000 and root");
      assertThat(refused.column()).isEqualTo(line.indexOf("/"));
    }
    assertThat(open.bay().volumes()).isEmpty();
    assertThat(run(Scope.bay(), line)).startsWith("ok");
    assertThat(interpreter.run(Scope.bay(), new Caller(0, 0, 1), line.replace(" a ", " b ")))
        .startsWith("ok");
  }

  // ---- two at once

  @Test
  void ofTwoCommandsThatShareAVolumeTheLaterLosesAtOnce() throws Exception {
    Claims claims = new Claims();
    try (Claims.Claim first =
        claims.take(List.of("volume a", "volume b"), "rename id=x of pid 7")) {
      assertThat(
              catchThrowableOfType(
                  StorageException.class,
                  () -> claims.take(List.of("volume c", "volume b"), "delete of pid 8")))
          .hasMessage("volume b is in use by another command: rename id=x of pid 7")
          .extracting(StorageException::fault)
          .asInstanceOf(InstanceOfAssertFactories.type(Fault.class))
          .isEqualTo(Fault.BUSY);
      claims.take(List.of("volume c"), "the loser kept nothing").close();
    }
    claims.take(List.of("volume a", "volume b"), "free again").close();
  }
}
