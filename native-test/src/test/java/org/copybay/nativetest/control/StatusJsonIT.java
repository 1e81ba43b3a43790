package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every status comes as text and as JSON with the same keys and the same facts. */
class StatusJsonIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("64m");

  @BeforeAll
  static void makeVolumeAndJobs() {
    Needs.program("jq");
    BAY.command("create volume \"quote\\\"back\\\\slash\" size=1M");
    BAY.command("create volume größe size=1M");
    BAY.command("duplicate from=größe to=copy id=copying note=\"a \\\"note\\\"\"");
    BAY.must("cat $C/jobs/copying/wait");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "volumes/größe/", "volumes/quote\\\"back\\\\slash/", "jobs/copying/"})
  void textAndJsonHaveTheSameKeysAndFacts(String directory) {
    BAY.must(
        """
        # Two looks between which nothing changed.
        for i in $(seq 50); do
            cat "$C/%1$sstatus" >text
            cat "$C/%1$sstatus.json" >json
            if cmp -s "$C/%1$sstatus" text; then break; fi
        done
        cut -d : -f 1 text >text-keys
        jq -r 'keys_unsorted[]' json >json-keys
        diff text-keys json-keys
        sort text-keys | uniq -d | (! grep .)
        (! grep -v '^[a-z][a-z0-9_]*$' text-keys)
        # null is a dash, true and false are yes and no
        jq -r 'to_entries[] | "\\(.key): \\(if .value == null then "-"
            elif .value == true then "yes" elif .value == false then "no" else .value end)"' \\
            json >json-text
        diff text json-text
        (! grep -E '^[a-z_]+: .*[0-9]\\.[0-9]+e' text)
        """
            .formatted(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "state", "size", "cache_mode", "uuid", "generation", "owner"})
  void valueFileHoldsTheValueOfTheStatus(String key) {
    assertThat(BAY.must("cat $C/volumes/größe/" + key)).isEqualTo(BAY.status("größe", key));
    assertThat(BAY.must("wc -l <$C/volumes/größe/" + key)).isEqualTo("1");
  }
}
