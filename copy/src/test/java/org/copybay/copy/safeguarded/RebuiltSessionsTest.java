package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.copybay.copy.schedule.Schedule;
import org.copybay.volumes.bay.Rebuild;
import org.junit.jupiter.api.Test;

/** What is left of sessions when the catalogue was made anew beside an older one. */
final class RebuiltSessionsTest extends SafeguardedTest {
  @Test
  void sessionsComeBackWithHoldsSchedulesAndWhatTheirVolumesShow() throws Exception {
    DualControl dual = new DualControl(true, new TreeSet<>(List.of(8)));
    SessionProperties kept =
        new SessionProperties(0, 0, false, 0, FullPolicy.SPILL_TO_POOL, false, 60_000, 0, dual);
    test.safeguarded
        .setup()
        .setScheduled(PAY, test.state(PAY).properties(), kept, Schedule.parse("@daily"), NOTHING);
    long id = backup();
    Hold hold = new Hold("audit", 7, Instant.parse("2026-07-01T10:00:00Z"));
    assertThat(test.safeguarded.backups().hold(PAY, id, hold, NOTHING).id()).isEqualTo(id);
    Verdict verdict = new Verdict(Instant.parse("2026-07-01T10:00:01Z"), "a track");
    test.safeguarded
        .verifications()
        .record(
            test.session(PAY),
            id,
            Objects.requireNonNull(
                test.safeguarded.backup(test.session(PAY), id).find(test.find("a"))),
            verdict.damage());
    SessionRequest asked = test.safeguarded.requests().ask(PAY, 7, "delete");
    long whole = backup();
    test.recover(PAY, whole, false);
    test.close();
    Path catalogue = test.path.resolve("catalogue.db");
    Path old = directory.resolve("old.db");
    assertThat(Files.copy(catalogue, old)).exists();
    test = TestSafeguarded.open(test.path, test.clock);
    long later = backup();
    test.close();
    assertThat(Files.move(old, catalogue, StandardCopyOption.REPLACE_EXISTING)).exists();

    assertThat(Rebuild.run(test.path, test.clock).lines())
        .noneMatch(line -> line.contains("given up"));

    test = TestSafeguarded.open(test.path, test.clock);
    test.safeguarded.scheduler().load();
    SessionState state = test.state(PAY);
    assertThat(state.properties()).isEqualTo(kept);
    assertThat(test.safeguarded.requests().of(PAY)).containsExactly(asked);
    assertThat(state.copySets()).hasSize(2);
    assertThat(Objects.requireNonNull(state.recoveries().get(Recovery.R1)).backup())
        .isEqualTo(whole);
    BackupRecord record = Objects.requireNonNull(state.backups().get(id));
    assertThat(record.holds()).containsExactly(hold);
    assertThat(record.verdicts()).containsValue(verdict);
    assertThat(test.safeguarded.scheduled().find(test.session(PAY))).isNotNull();
    assertThat(test.read("ra")).isEqualTo("a0 a1 a2 a3");
    assertThat(test.safeguarded.backups().refresh(PAY, NOTHING)).isEqualTo(3);
    assertThat(test.ids(PAY)).isEqualTo(List.of(id, whole, later));
    assertThat(test.safeguarded.backup(test.session(PAY), later).unrecoverable()).isNull();
    test.clock.pass(Duration.ofMinutes(2));
  }
}
