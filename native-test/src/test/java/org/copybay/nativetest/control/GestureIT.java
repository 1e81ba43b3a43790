package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No gesture below .control makes, moves or destroys anything; each says what to write. */
class GestureIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeVolumeAndJob() {
    BAY.command("create volume payroll size=1M");
    BAY.command("check volume=payroll id=seen");
    BAY.must("cat $C/jobs/seen/wait; echo other >other");
  }

  @AfterEach
  void nothingHappened() {
    assertThat(BAY.must("ls $V; ls $C/volumes; ls $C/jobs/seen | head -n 1"))
        .startsWith("payroll\npayroll\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rm $C/README                                   | cat .control/README
          rm $C/ctl                                      | cat .control/README
          rm $C/error_log                                | echo > .control/error_log
          rm $C/volumes/payroll/ctl                      | delete volume=payroll
          rm $C/jobs/latest                              | cat .control/README
          rmdir $C/volumes/payroll                       | delete volume=payroll
          rmdir $C/jobs/seen                             | cancel job=seen
          rmdir $C/commands                              | cat .control/README
          rmdir $C/volumes                               | cat .control/README
          rmdir $C                                       | ``
          mkdir $C/volumes/new                           | create volume new size=SIZE
          mkdir $C/new                                   | cat .control/README
          mkdir $C/jobs/new                              | cat .control/README
          mv -T $C/volumes/payroll $C/volumes/other      | rename volume=payroll to=
          mv $C/README $C/other                          | cat .control/README
          mv $C/volumes/payroll/ctl $C/volumes/other     | rename volume=payroll to=
          mv other $C/volumes/payroll/other              | ``
          mv -T $C $MNT/control                          | ``
          mv -T $C/volumes/payroll $V/other              | ``
          mv -T $V/payroll $C/volumes/other              | ``
          ln $C/README $C/link                           | ``
          ln $V/payroll $C/link                          | ``
          ln -s README $C/link                           | cat .control/README
          ln -s x $C/volumes/link                        | ``
          touch $C/new                                   | cat .control/README
          touch $C/volumes/new                           | create volume new size=SIZE
          echo x >$C/volumes/payroll/new                 | ``
          cp other $C/other                              | cat .control/README
          mkfifo $C/fifo                                 | cat .control/README
          chmod 777 $C/ctl                               | cat .control/README
          chmod 700 $C                                   | ``
          chmod 777 $C/volumes/payroll/ctl               | volumes/payroll
          chown 1:1 $C/README                            | cat .control/README
          chgrp 1 $C/jobs/seen                           | ``
          """)
  void isNotPermittedAndNamesTheCommand(String gesture, String command) {
    BAY.must("echo >$C/error_log");

    Shell.Result result = BAY.run(gesture);

    assertThat(result.refused()).contains("Operation not permitted");
    if (!command.equals("``")) {
      assertThat(BAY.lastError()).contains("try: ").contains(command);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate -s 0 $C/ctl",
        "truncate -s 1G $C/ctl",
        ": >$C/ctl",
        "sync $C/ctl",
        "touch $C/ctl",
        "dd if=/dev/null of=$C/ctl conv=fsync status=none",
      })
  void whatShellsDoToFilesIsTakenAndDoesNothing(String gesture) {
    BAY.must(gesture);

    assertThat(BAY.must("stat -c %s $C/ctl")).isEqualTo(BAY.must("wc -c <$C/ctl"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README", "version", "volumes/payroll/size", "jobs/seen/status", "audit"})
  void fileThatOnlyTellsTakesNoWrite(String file) {
    BAY.must("cat $C/" + file + " >before");

    BAY.refused("echo x >$C/" + file);
    BAY.refused("echo x >>$C/" + file);

    BAY.must("cat $C/" + file + " | cmp before");
  }
}
