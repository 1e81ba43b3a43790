package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.copybay.copy.shadow.Member.Trouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with a member: each trouble begins and ends by itself. */
class MemberTest {
  @TempDir private Path path;

  @Test
  void aTroubleThatEndsEndsNoOther() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      for (Trouble stays : Trouble.values()) {
        Member member = new Member(test.volume(stays.name()));
        for (Trouble ends : Trouble.values()) {
          if (ends != stays) {
            member.failing(stays);
            long since = member.since(stays);
            member.failing(ends);
            member.well(ends);
            assertThat(member.since(ends)).isZero();
            assertThat(member.since(stays)).isEqualTo(since).isNotZero();
            assertThat(member.failing()).isTrue();
          }
        }
        member.well(stays);
        assertThat(member.failing()).isFalse();
      }
    }
  }

  @Test
  void theFirstTimeOfATroubleCounts() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      Member member = new Member(test.volume("a"));
      member.failing(Trouble.READ);
      long since = member.since(Trouble.READ);
      member.failing(Trouble.READ);
      assertThat(member.since(Trouble.READ)).isEqualTo(since);
    }
  }
}
