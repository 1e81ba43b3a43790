package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts may assert, and that bash does what the rule is for. */
class ShellIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "! false; echo next",
        "echo first\n! grep x f\necho next\n",
        "for i in 1 2; do\n  ! grep $i f\ndone\n",
        "for i in 1 2; do ! grep $i f; done",
        "if true; then ! grep x f; fi; echo next",
        "f() { ! grep x f; }; f",
        "bash -euc '\n  ! touch f\n  echo next\n'\n",
      })
  void negationThatSetEPassesOverIsNotRun(String script) {
    assertThatThrownBy(() -> Shell.run(script))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("! ")
        .hasMessageContaining("asserts nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "! false",
        "echo first; ! false\n",
        "echo first\n! false\n# the end\n\n",
        "if ! false; then echo next; fi; echo last",
        "while ! true; do echo; done; echo last",
        "until true; ! false; do echo; done; echo last",
        "if true; ! false\nthen echo next; fi",
        "test ! -e /no/such/file; echo 'wow! ' | (! grep x); echo last",
        "bash -euc '\n  ! false\n'\necho last",
      })
  void otherNegationsAreRun(String script) {
    Shell.run(script).ok();
  }

  @Test
  void negationInTheMiddleWouldNotEndAScript() {
    // Put together by printf, so that the script is run.
    assertThat(Shell.run("bash -euc \"$(printf '%s\\n' '! true' 'echo next')\"").ok())
        .isEqualTo("next");
  }

  @Test
  void lastNegationIsTheStatus() {
    assertThat(Shell.run("echo first; ! true").refused()).isEmpty();
  }
}
