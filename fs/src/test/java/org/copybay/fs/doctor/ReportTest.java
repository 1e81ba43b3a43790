package org.copybay.fs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.copybay.fs.doctor.Finding.Severity;
import org.junit.jupiter.api.Test;

/** What is printed, and what a look that fails or hangs becomes. */
class ReportTest {
  private static final Finding OK = Finding.ok("a", "good");
  private static final Finding WARNING = Finding.warning("b", "so\nso", "better", "do it");
  private static final Finding PROBLEM = Finding.problem("c", "bad", "good", null);

  @Test
  void textHasALineForEachPointAndWhatToType() {
    assertThat(new Report(List.of(OK, WARNING, PROBLEM)).text())
        .isEqualTo(
            """
            ok       a: good
            warning  b: so so
                     wanted: better
                     type: do it
            problem  c: bad
                     wanted: good
            1 ok, warnings: 1, problems: 1
            """);
  }

  @Test
  void jsonHasTheSame() throws Exception {
    var all = JSON.std.mapFrom(new Report(List.of(OK, WARNING, PROBLEM)).json());

    assertThat(all).containsEntry("ok", 1).containsEntry("warnings", 1);
    assertThat(all).containsEntry("problems", 1);
    assertThat(all.get("findings").toString())
        .contains("{point=c, severity=problem, found=bad, wanted=good, fix=null}");
  }

  @Test
  void onlyAProblemIsNotInOrder() {
    assertThat(new Report(List.of(OK, WARNING)).exitStatus()).isEqualTo(0);
    assertThat(new Report(List.of(OK, PROBLEM)).exitStatus()).isEqualTo(3);
  }

  @Test
  void aLookThatFailsIsAProblemOfItsPoint() {
    Examination run = new Examination();

    assertThat(run.look("x", () -> List.of(OK))).isTrue();
    assertThat(
            run.look(
                "disk",
                () -> {
                  throw new IOException("Input/output error");
                }))
        .isTrue();
    run.look(
        "library",
        () -> {
          throw new UnsatisfiedLinkError("noexec");
        });

    assertThat(run.findings()).extracting(Finding::point).containsExactly("a", "disk", "library");
    assertThat(run.findings().get(1).found()).isEqualTo("Input/output error");
    assertThat(run.findings().get(2).severity()).isEqualTo(Severity.PROBLEM);
  }

  @Test
  void aLookThatHangsIsLeftToItself() {
    CountDownLatch answer = new CountDownLatch(1);
    Examination run = new Examination();

    boolean ended =
        run.look(
            "disk",
            () -> {
              try {
                answer.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return List.of(OK);
            });
    answer.countDown();

    assertThat(ended).isFalse();
    assertThat(run.findings()).extracting(Finding::found).containsExactly("no answer within 5 s");
  }
}
