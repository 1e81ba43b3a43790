package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.shadow.MemberRole;
import org.copybay.copy.shadow.SetState;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.copy.shadow.ShadowSet;
import org.copybay.copy.shadow.Stalls;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.VolumeRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands of shadow sets, in both dialects. */
class ShadowVerbsTest extends InterpreterFixture {
  private static final long SIZE = 1 << 20;

  @BeforeEach
  void makeVolumes() throws Exception {
    for (String name : List.of("$4$DUA1", "$4$DUA2", "c")) {
      open.volume(name, SIZE);
    }
  }

  private VirtualUnit unit() throws Exception {
    return open.sets().find("DSA42");
  }

  private SetStatus status() throws Exception {
    return SetStatus.of(open.sets(), unit());
  }

  private void awaitSteady() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> open.jobs().all().stream().allMatch(job -> job.state().ended()));
  }

  private List<String> names(MemberRole role) throws Exception {
    ShadowSet set = unit().set();
    return set.record().of(role).stream().map(m -> set.nameOf(m.volume())).toList();
  }

  private void write(long offset, int length) throws Exception {
    try (OpenFile file = unit().open(new Opener(1, true), false)) {
      assertThat(file.write(offset, ByteBuffer.allocateDirect(length))).isEqualTo(length);
    }
  }

  private void makeSet() throws Exception {
    run(Scope.bay(), "mount set=DSA42 members=$4$DUA1,$4$DUA2 label=PAYROLL");
    awaitSteady();
  }

  // ---- mount

  @Test
  void aSetIsMadeAndSaysWhatBecomesOfItsMembers() throws Exception {
    String reply =
        run(Scope.bay(), "mount dsa42 $4$DUA1,$4$DUA2 PAYROLL id=nightly note=\"first one\"");

    assertThat(reply.lines().toList())
        .hasSize(4)
        .satisfies(lines -> assertThat(lines.get(0)).matches("ok nightly gen=\\d+"))
        .contains(
            "%MOUNT-I-MOUNTED, PAYROLL mounted on _DSA42:",
            "%MOUNT-I-SHDWMEMSUCC, _$4$DUA1: is now a valid member of the shadow set",
            "%MOUNT-I-SHDWMEMCOPY, _$4$DUA2: added to the shadow set with a copy operation,"
                + " because it is new in the set: job nightly");
    awaitSteady();
    assertThat(names(MemberRole.FULL)).containsExactly("$4$DUA1", "$4$DUA2");
    assertThat(unit().owner().uid()).isEqualTo(OpenBay.OWNER.uid());
    assertThat(
            run(
                Scope.bay(),
                "mount set=DSA42 members=$4$DUA1,$4$DUA2 label=PAYROLL id=nightly"
                    + " note=\"first one\""))
        .isEqualTo("ok nightly (already accepted)");
    assertThat(audit.text()).contains(" ctl mount ok mount dsa42 ");
  }

  @Test
  void aDryRunSaysForEachCopyWhetherItIsMiniOrFullAndWhy() throws Exception {
    assertThat(run(Scope.bay(), "mount set=DSA42 members=$4$DUA1,c dry-run=yes"))
        .isEqualTo(
            "ok dry-run: would make shadow set DSA42 of $4$DUA1, c: full copy of 1048576 bytes to"
                + " c, because it is new in the set");
    assertThat(open.sets().all()).isEmpty();

    makeSet();
    run(Scope.bay(), "split members=$4$DUA2");
    write(0, 4096);
    String both = run(Scope.set("DSA42"), "mount $4$DUA2,c dry-run=yes");
    assertThat(both)
        .startsWith("ok dry-run: would mount DSA42 with $4$DUA2, c: minicopy of 4096 bytes to")
        .contains("; full copy of 1048576 bytes to c, because it is new in the set");
  }

  @Test
  void aMemberComesBackByAMinicopy() throws Exception {
    makeSet();
    assertThat(run(Scope.set("DSA42"), "dismount $4$DUA2 policy=minicopy"))
        .endsWith("\n%DISM-I-REMOVED, _$4$DUA2: removed from DSA42, with a write bitmap");
    assertThat(names(MemberRole.FORMER)).containsExactly("$4$DUA2");
    write(0, 4096);

    String reply = run(Scope.set("DSA42"), "mount $4$DUA2 policy=minicopy id=back");

    assertThat(reply)
        .startsWith("ok back gen=")
        .contains("added to the shadow set with a minicopy operation: job back");
    awaitSteady();
    assertThat(open.jobs().find("back").row().result()).isEqualTo("copied=4096");
    assertThat(names(MemberRole.FULL)).containsExactly("$4$DUA1", "$4$DUA2");
    assertThat(audit.text()).doesNotContain("id=back");
  }

  @Test
  void aFullCopyIsForTheOwnerOfTheMountAndAudited() throws Exception {
    makeSet();
    open.bay().setOwner(open.bay().find("c"), new VolumeRecord.Owner(OpenBay.OTHER.uid(), 1, 0600));
    open.sets().commands(unit()).setOwner(new VolumeRecord.Owner(OpenBay.OTHER.uid(), 1, 0600));

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> interpreter.run(Scope.bay(), OpenBay.OTHER, "mount set=DSA42 members=c"));

    assertThat(refused.error().fault()).isEqualTo(Fault.DENIED);
    assertThat(audit.text()).contains(" mount EACCES mount set=DSA42 members=c");
  }

  @Test
  void thePoliciesRefuseWithTheSentencesOfTheOriginal() throws Exception {
    makeSet();
    run(Scope.bay(), "dismount members=$4$DUA2");

    RefusedException strict = refused(Scope.bay(), "mount DSA42 $4$DUA2 policy=minicopy");
    assertThat(strict.error().fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(strict.error().getMessage()).startsWith("%MOUNT-I-SHDWMEMFAIL, _$4$DUA2: ");
    assertThat(strict.column()).isEqualTo(12);
    assertThat(refused(Scope.bay(), "mount DSA42 $4$DUA2 copy=no").error().getMessage())
        .startsWith("%MOUNT-F-SHDWCOPYREQ, shadow copy required");
    assertThat(refused(Scope.bay(), "mount DSA42 c confirm=ask").error())
        .satisfies(e -> assertThat(e.getMessage()).startsWith("Allow FULL shadow copy on c"))
        .satisfies(e -> assertThat(e.remedy()).isEqualTo("the same with confirm=yes"));
    assertThat(refused(Scope.bay(), "mount DSA42 $4$DUA1").error().fault())
        .isEqualTo(Fault.ALREADY);
    assertThat(refused(Scope.bay(), "mount DSA42 label=OTHER").error().getMessage())
        .startsWith("%SYSTEM-F-VOLINV");
    assertThat(refused(Scope.bay(), "mount DSA42 policy=maybe").error().getMessage())
        .isEqualTo("policy= is one of minicopy, minicopy=optional, nominicopy");
    assertThat(refused(Scope.bay(), "mount c").error().getMessage()).startsWith("mount needs set=");
    assertThat(refused(Scope.bay(), "mount set=DSA99999 members=c").error().getMessage())
        .startsWith("%SYSTEM-F-BADPARAM");
    assertThat(names(MemberRole.TARGET)).isEmpty();
  }

  // ---- dismount, split

  @Test
  void aUnitIsDismountedAndMountedAgain() throws Exception {
    makeSet();
    try (OpenFile file = unit().open(new Opener(1, true), false)) {
      assertThat(refused(Scope.bay(), "dismount DSA42 dry-run=yes").error().fault())
          .isEqualTo(Fault.BUSY);
      assertThat(file.opener().writing()).isTrue();
    }
    assertThat(run(Scope.bay(), "dismount DSA42"))
        .endsWith("\n%DISM-I-DISMOUNTED, _DSA42: dismounted");
    assertThat(status().state()).isEqualTo(SetState.DISMOUNTED);
    assertThat(refused(Scope.set("DSA42"), "dismount").error().fault()).isEqualTo(Fault.ALREADY);
    assertThat(refused(Scope.bay(), "split members=$4$DUA2").error().fault()).isEqualTo(Fault.BUSY);

    assertThat(run(Scope.set("DSA42"), "mount if-state=dismounted"))
        .contains("%MOUNT-I-MOUNTED, PAYROLL mounted on _DSA42:");
    assertThat(status().state()).isEqualTo(SetState.STEADY);
    assertThat(refused(Scope.set("DSA42"), "dismount if-state=failed").error().fault())
        .isEqualTo(Fault.AGAIN);
    assertThat(refused(Scope.set("DSA42"), "dismount set=DSA1").error().getMessage())
        .isEqualTo("this ctl file is for set DSA42 only");
    run(Scope.set("DSA42"), "dismount set=dsa42");
  }

  @Test
  void aSplitIsStrictAndTheLastMemberStays() throws Exception {
    makeSet();
    assertThat(run(Scope.bay(), "split members=$4$DUA2 dry-run=yes"))
        .isEqualTo("ok dry-run: would take $4$DUA2 out, with write bitmaps");
    run(Scope.bay(), "split $4$DUA2");
    assertThat(status().bitmap("$4$DUA2")).isNotNull();

    RefusedException last = refused(Scope.bay(), "split $4$DUA1");
    assertThat(last.error().fault()).isEqualTo(Fault.FORBIDDEN);
    assertThat(last.error().getMessage()).startsWith("%DISM-F-SRCMEM");
    assertThat(refused(Scope.bay(), "split $4$DUA2").error().fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(refused(Scope.bay(), "split c").error().fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(refused(Scope.bay(), "dismount").error().getMessage())
        .isEqualTo("dismount needs set= or members=");
  }

  @Test
  void aMemberIsGivenUpByForce() throws Exception {
    makeSet();
    assertThat(run(Scope.bay(), "dismount members=$4$DUA2 force=yes"))
        .endsWith("%DISM-I-REMOVED, _$4$DUA2: given up by DSA42");
    assertThat(names(MemberRole.FORMER)).containsExactly("$4$DUA2");
    assertThat(status().lost()).isEmpty();
    run(Scope.bay(), "dismount members=$4$DUA2 force=yes");
    assertThat(refused(Scope.bay(), "dismount members=$4$DUA1 force=yes").error().getMessage())
        .startsWith("%DISM-F-SRCMEM");
    assertThat(refused(Scope.bay(), "dismount set=DSA42 force=yes").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
  }

  @Test
  void aFormerMemberIsReleasedAndASetDissolved() throws Exception {
    makeSet();
    assertThat(refused(Scope.bay(), "release member=$4$DUA2").error().fault())
        .isEqualTo(Fault.BUSY);
    run(Scope.bay(), "split $4$DUA2");
    run(Scope.bay(), "shadow max_copy=0");
    run(Scope.bay(), "mount set=DSA42 members=$4$DUA2 policy=nominicopy id=all");
    run(Scope.bay(), "cancel all"); // also one to which a copy did not end
    awaitSteady();
    assertThat(run(Scope.volume("$4$DUA2"), "release"))
        .endsWith("volume $4$DUA2 has nothing to do with DSA42 any more");
    assertThat(open.bay().find("$4$DUA2").relation()).isNull();
    assertThat(run(Scope.set("DSA42"), "dissolve")).isEqualTo("ok shadow set DSA42 is dissolved");
    assertThat(open.sets().all()).isEmpty();
    assertThat(refused(Scope.bay(), "dissolve DSA42").error().fault()).isEqualTo(Fault.NOT_FOUND);
  }

  // ---- merge, stall, settings

  @Test
  void aMergeIsAJobOfThatName() throws Exception {
    makeSet();
    assertThat(run(Scope.bay(), "merge DSA42 id=compare")).matches("ok compare gen=\\d+");
    awaitSteady();
    Job job = open.jobs().find("compare");
    assertThat(job.state()).isEqualTo(JobState.DONE);
    assertThat(job.row().result()).isEqualTo("compared=1048576");
    run(Scope.bay(), "shadow max_copy=0");
    run(Scope.bay(), "merge DSA42 id=one");
    assertThat(refused(Scope.bay(), "merge DSA42 id=two").error().getMessage())
        .isEqualTo("set DSA42 is being merged by job one");
    assertThat(run(Scope.bay(), "merge DSA42")).startsWith("ok one ");
    run(Scope.bay(), "cancel one");
    awaitSteady();
    run(Scope.bay(), "split $4$DUA2 policy=nominicopy");
    assertThat(refused(Scope.bay(), "merge DSA42").error().getMessage())
        .contains("one full member");
  }

  @Test
  void writesAreHeldBackAndGoOn() throws Exception {
    makeSet();
    assertThat(refused(Scope.bay(), "thaw DSA42").error().fault()).isEqualTo(Fault.ALREADY);
    assertThat(refused(Scope.bay(), "stall DSA42 seconds=301").error().getMessage())
        .isEqualTo("seconds= is 1 to 300, got 301");
    assertThat(run(Scope.bay(), "stall sets=DSA42 seconds=200"))
        .isEqualTo("ok writes to DSA42 wait for 200 seconds at most");
    assertThat(Stalls.isBegun(unit())).isTrue();
    assertThat(status().stalledSeconds()).isBetween(1, 200);
    assertThat(run(Scope.set("DSA42"), "thaw")).isEqualTo("ok writes to DSA42 go on");
    assertThat(Stalls.isBegun(unit())).isFalse();
    assertThat(run(Scope.set("DSA42"), "stall")).contains("30 seconds");
    run(Scope.bay(), "thaw sets=DSA42");
    assertThat(refused(Scope.bay(), "stall DSA42,dsa42").error().getMessage())
        .isEqualTo("set DSA42 is named twice");
  }

  @Test
  void aSetIsLookedAfterAsItIsToldTo() throws Exception {
    makeSet();
    assertThat(run(Scope.set("DSA42"), "shadow priority=9000 rate=50M/s"))
        .endsWith(" priority=9000 member_timeout=120 rate=52428800");
    assertThat(refused(Scope.set("DSA42"), "shadow priority=9000").error().fault())
        .isEqualTo(Fault.ALREADY);
    assertThat(refused(Scope.set("DSA42"), "shadow member_timeout=0").error().getMessage())
        .isEqualTo("member_timeout= is 1 to 65535, got 0");
    assertThat(run(Scope.bay(), "shadow max_copy=2")).isEqualTo("ok max_copy=2");
    assertThat(open.sets().maxCopy()).isEqualTo(2);
    assertThat(refused(Scope.set("DSA42"), "shadow max_copy=3").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused(Scope.bay(), "shadow priority=3").error().getMessage())
        .isEqualTo("shadow needs set=");
  }

  @Test
  void aSetGrowsAndItsBitmapsAreDeleted() throws Exception {
    makeSet();
    assertThat(run(Scope.bay(), "resize set=DSA42 size=2M"))
        .endsWith("set DSA42 has 2097152 bytes");
    assertThat(run(Scope.set("DSA42"), "resize 3M")).endsWith("set DSA42 has 3145728 bytes");
    assertThat(unit().size()).isEqualTo(3 << 20);
    assertThat(refused(Scope.set("DSA42"), "resize 1M").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused(Scope.bay(), "resize volume=c set=DSA42 size=4M").error().getMessage())
        .isEqualTo("volume= and set= are both given, want one of them");
    assertThat(refused(Scope.bay(), "resize size=4M").error().getMessage())
        .startsWith("resize needs volume=");
    awaitSteady(); // what was added is merged

    run(Scope.bay(), "split $4$DUA2");
    assertThat(refused(Scope.set("DSA42"), "bitmap reset $4$DUA2").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(run(Scope.set("DSA42"), "bitmap delete $4$DUA2")).endsWith("is deleted");
    assertThat(refused(Scope.bay(), "bitmap delete set=DSA42 bitmap=$4$DUA2").error().fault())
        .isEqualTo(Fault.NOT_FOUND);
    assertThat(audit.text()).contains(" shadow/DSA42/ctl bitmap ok bitmap delete $4$DUA2");
  }

  // ---- show

  @Test
  void aSetIsShownInTheWordsOfTheOriginal() throws Exception {
    assertThat(run(Scope.bay(), "show")).isEqualTo("ok\n%SHOW-I-NOSETS, there is no shadow set");
    makeSet();
    run(Scope.bay(), "split $4$DUA2");

    assertThat(run(Scope.bay(), "show set=DSA42").lines().skip(1))
        .containsExactly(
            "_DSA42:  Volume Label: PAYROLL",
            "  Virtual Unit State:   Steady State",
            "  Device $4$DUA1              Master Member",
            "  Device $4$DUA2              Former Member, with a bitmap of 0 bytes");
    assertThat(run(Scope.set("DSA42"), "show full")).contains("Copy/Merge Priority", "HBMM");
    assertThat(run(Scope.bay(), "show what=active"))
        .endsWith("\n_DSA42:  Merge or Copy is not required");
    assertThat(run(Scope.bay(), "show DSA42 copy")).endsWith("\n_DSA42:  Copy is not required");
    assertThat(run(Scope.bay(), "show DSA42 merge")).endsWith("\n_DSA42:  Merge is not required");
    assertThat(run(Scope.bay(), "show what=by_priority")).contains("Priority  5000  Steady State");
    assertThat(run(Scope.bay(), "show what=bitmap").lines().skip(1).toList())
        .hasSize(4)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("Device Name  BitMap ID"))
        .satisfies(lines -> assertThat(lines.get(1)).matches("DSA42: +\\$4\\$DUA2 .*Minicopy.*"));
  }

  @Test
  void aPendingCopyIsShown() throws Exception {
    run(Scope.bay(), "shadow max_copy=0");
    run(Scope.bay(), "mount set=DSA42 members=$4$DUA1,c");

    assertThat(status().state()).isEqualTo(SetState.COPY_PENDING);
    assertThat(run(Scope.bay(), "show DSA42"))
        .contains("Virtual Unit State:   Copy Pending", "Device c ", "Copy Target (pending)");
    assertThat(run(Scope.bay(), "show what=active")).endsWith("Copy is pending");
    run(Scope.bay(), "shadow max_copy=4");
    run(Scope.bay(), "dismount members=c");
    assertThat(names(MemberRole.FORMER)).containsExactly("c");
  }

  // ---- the other dialect

  @Test
  void theLinesOfTheOriginalDoTheSame() throws Exception {
    assertThat(run(Scope.bay(), "MOUNT DSA42: /SHADOW=($4$DUA1:,$4$DUA2:) PAYROLL id=first"))
        .contains("ok first", "%MOUNT-I-MOUNTED, PAYROLL mounted on _DSA42:");
    awaitSteady();
    assertThat(open.jobs().find("first").row().line())
        .isEqualTo("mount set=DSA42 members=$4$DUA1,$4$DUA2 label=PAYROLL id=first");
    assertThat(run(Scope.bay(), "DISMOUNT/POLICY=MINICOPY $4$dua2:"))
        .contains("%DISM-I-REMOVED, _$4$DUA2");
    assertThat(run(Scope.bay(), "SHOW DEVICE/BITMAP DSA42:")).contains("$4$DUA2", "Minicopy");
    assertThat(run(Scope.set("DSA42"), "MOUNT/POLICY=MINICOPY/SHADOW=$4$DUA2: id=second"))
        .contains("ok second", "with a minicopy operation");
    awaitSteady();
    assertThat(open.jobs().find("second").row().line())
        .isEqualTo("mount set=DSA42 members=$4$DUA2 policy=minicopy id=second");
    assertThat(run(Scope.bay(), "SET SHADOW DSA42: /PRIORITY=1")).contains("priority=1 ");
    assertThat(run(Scope.bay(), "DISMOUNT/ABORT DSA42:"))
        .contains("%DISM-I-DISMOUNTED", "\n%COPYBAY-W-IGNORED, /ABORT has no effect");
    assertThat(run(Scope.bay(), "MOUNT DSA42: /NOWRITE")).contains("\n%COPYBAY-W-IGNORED");
  }

  @Test
  void anErrorOfTheOtherDialectPointsIntoTheWrittenLine() throws Exception {
    makeSet();
    RefusedException label = refused(Scope.bay(), "MOUNT DSA42: /SHADOW=(c) OTHER");
    assertThat(label.column()).isEqualTo(22);
    assertThat(label.error().getMessage()).startsWith("%SYSTEM-F-VOLINV");
    assertThat(refused(Scope.bay(), "SET SHADOW DSA42: /PRIORITY=10001").column()).isEqualTo(28);
    assertThat(refused(Scope.bay(), "DISMOUNT DSA7:").column()).isEqualTo(9);
  }
}
