package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.fs.node.ShadowBay.REQUEST;

import java.nio.file.Path;
import java.time.Duration;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long the kernel may use names and attributes without asking. */
class ValidityTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @TempDir private Path path;

  private ShadowBay test;

  @BeforeEach
  void openBay() throws Exception {
    test = new ShadowBay(path.resolve("bay"));
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private EntryReply lookUp(long parent, String name) throws FuseException {
    EntryReply reply = new EntryReply();
    test.handler.lookup(REQUEST, parent, name, reply);
    return reply;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".control",
        "volumes",
        "backups",
        "points",
        "shadow",
        "optical",
        "drives",
        "tapes"
      })
  void aNameInTheRootNeedNotBeAskedForAgain(String name) throws Exception {
    EntryReply reply = lookUp(FuseHandler.ROOT, name);
    assertThat(reply.entryValidNanos()).isGreaterThan(SECOND);
    assertThat(reply.attrValidNanos()).as("a dead mount must not look alive").isLessThan(SECOND);
  }

  @Test
  void theRootLooksAliveNoLongerThanItIs() throws Exception {
    AttrReply reply = new AttrReply();
    test.handler.getattr(REQUEST, FuseHandler.ROOT, FuseHandler.NONE, reply);
    assertThat(reply.attrValidNanos()).isBetween(1L, SECOND / 100);
  }

  @ParameterizedTest
  @CsvSource({"volumes, a", "shadow, DSA1", ".control, status", "tapes, .files", ".control, jobs"})
  void aNameThatCommandsMakeAndRemoveIsAskedForEachTime(String directory, String name)
      throws Exception {
    long parent = lookUp(FuseHandler.ROOT, directory).node();
    assertThat(lookUp(parent, name).entryValidNanos()).isZero();
  }
}
