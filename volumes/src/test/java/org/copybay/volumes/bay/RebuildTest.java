package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.wanted;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A catalogue that is lost, damaged or old, and what the labels make of it. */
final class RebuildTest extends LabelledBay {
  private Path kept() throws Exception {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().contains("replaced-"))
          .filter(file -> !file.toString().endsWith("-wal"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** What happens to a catalogue. */
  private enum Loss {
    MISSING("the file is missing") {
      @Override
      void happen(RebuildTest of) throws Exception {
        of.closeBay();
        of.deleteCatalogue();
      }
    },
    OLD_COPY("is older than the volumes") {
      @Override
      void happen(RebuildTest of) throws Exception {
        Path copy = of.keepCatalogue();
        of.freeze("R", "b%b");
        of.test.bay.rename("far", "further", true);
        of.test.create("new", 100);
        of.before = of.seen();
        of.closeBay();
        of.putBack(copy);
      }
    },
    DAMAGED("is damaged") {
      @Override
      void happen(RebuildTest of) throws Exception {
        of.closeBay();
        Path file = of.path.resolve("catalogue.db");
        byte[] bytes = Files.readAllBytes(file);
        for (int page = 4096; page < bytes.length; page += 4096) {
          bytes[page] ^= 0x55; // what kind of page it is
        }
        Files.write(file, bytes);
      }
    },
    OF_ANOTHER_BAY("it belongs to bay ") {
      @Override
      void happen(RebuildTest of) throws Exception {
        of.closeBay();
        BayOpener.init(of.directory.resolve("other"), Clock.systemUTC());
        of.deleteCatalogue();
        Files.copy(
            of.directory.resolve("other/catalogue.db"),
            of.path.resolve("catalogue.db"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    };

    private final String words;

    Loss(String words) {
      this.words = words;
    }

    abstract void happen(RebuildTest of) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void theMountIsRefusedAndARebuildBringsAllBack(Loss loss) throws Exception {
    loss.happen(this);
    assertRefused(loss.words);

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).as(result.lines().toString()).isTrue();
    assertThat(BayCheck.run(path, new CheckOptions(RecoverMode.AUTO, false)).all())
        .extracting(Finding::line)
        .noneMatch(line -> line.contains("stray")); // what it keeps belongs there
    open();
    assertThat(seen()).isEqualTo(before);
    test.assertNothingLeftBehind();
    test.reopen();
    assertThat(seen()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void aRebuildThatIsStoppedAfterAnyStepIsDoneAgain(Loss loss) throws Exception {
    loss.happen(this);
    Path lost = TestBay.copy(path, directory.resolve("lost"));
    int steps = 0;
    for (int stop = 1; stop <= Math.max(steps, 2); stop++) {
      path = TestBay.copy(lost, directory.resolve("stopped" + stop));
      AtomicInteger step = new AtomicInteger();
      int last = stop;
      try {
        Rebuild.run(
            path,
            Clock.systemUTC(),
            () -> {
              if (step.incrementAndGet() == last) {
                throw new IllegalStateException("stopped");
              }
            });
      } catch (IllegalStateException e) {
        steps = stop + 1;
      }
      boolean switched = !Files.exists(path.resolve("catalogue.db.new"));
      try {
        open();
      } catch (StorageException e) {
        assertThat(switched).as("the new catalogue was in place: " + e.getMessage()).isFalse();
        assertThat(e.remedy()).isEqualTo("copybay check --rebuild " + path);
        rebuild();
        open();
      }
      assertThat(seen()).as("stopped after step %d", stop).isEqualTo(before);
      closeBay();
    }
    assertThat(steps).isGreaterThanOrEqualTo(loss == Loss.MISSING ? 3 : 4);
  }

  @Test
  void aCatalogueThatIsInOrderIsLeftAlone() throws Exception {
    closeBay();
    var state = TestBay.state(path);

    assertThat(rebuild().lines().get(0)).contains("is in order");

    assertThat(TestBay.state(path)).isEqualTo(state);
  }

  @Test
  void aLabelThatCannotBeReadIsNoWordOnTheBay() throws Exception {
    UUID id = test.bay.find("a").id();
    closeBay();
    Path label = path.resolve("volumes/" + id + "/label");
    Files.delete(label);
    Files.createDirectory(label);

    assertThat(BayCheck.run(path, new CheckOptions(RecoverMode.AUTO, false)).all())
        .extracting(Finding::what)
        .contains("label")
        .doesNotContain("bay file");
  }

  /** Catalogue and labels are right: a rebuild of the bay that it names would believe neither. */
  @Test
  void aBayFileThatNamesAnotherBayIsNotBelieved() throws Exception {
    closeBay();
    Path file = path.resolve("copybay.bay");
    String right = Files.readString(file);
    Files.writeString(file, right.replaceFirst("uuid=.*", "uuid=" + new UUID(1, 2)));
    var state = TestBay.state(path);
    state.remove(""); // SQLite may have made its log and taken it away again

    for (ThrowingCallable use : List.<ThrowingCallable>of(this::open, this::rebuild)) {
      assertFault(
          Fault.CORRUPT,
          use,
          e -> {
            assertThat(e).hasMessageContaining("want uuid=");
            assertThat(e).hasMessageContaining("all labels of volumes say");
            assertThat(right).contains(String.valueOf(e.remedy()).replaceFirst(".* line ", ""));
          });
    }
    assertThat(BayCheck.run(path, new CheckOptions(RecoverMode.AUTO, false)).all())
        .extracting(Finding::what)
        .containsOnlyOnce("bay file")
        .doesNotContain("label", "catalogue", "stray");

    assertThat(TestBay.state(path)).containsAllEntriesOf(state);
    deleteCatalogue();
    assertFault(Fault.CORRUPT, this::rebuild);
    Files.writeString(file, right);
    rebuild();
    open();
    assertThat(seen()).isEqualTo(before);
  }

  @Test
  void whatIsLostIsKeptUnderAnotherName() throws Exception {
    closeBay();
    byte[] old = "no catalogue".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(path.resolve("catalogue.db"), old);

    rebuild();

    assertThat(kept()).hasBinaryContent(old);
  }

  @Test
  void aCopyThatIsNotWholeAndAVolumeThatWasDeletedAreKeptAside() throws Exception {
    Volume target = test.bay.reserve(wanted("target", 6000), false, new Hold("17", "being made"));
    target.fill().write(0, Bytes.direct(Bytes.random(4, 6000)));
    Volume deleted = test.createFilled("deleted", 5000, 1);
    OpenFile open = deleted.open(TestBay.READER, false);
    test.bay.remove("deleted");
    assertThat(open.opener()).isEqualTo(TestBay.READER); // it is never closed
    closeBay();
    deleteCatalogue();

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isTrue();
    assertThat(result.lines())
        .anyMatch(line -> line.contains("a copy that is not whole, meant for target"))
        .anyMatch(line -> line.contains("volume deleted, which was deleted"));
    open();
    assertThat(seen()).isEqualTo(before);
    assertThat(path.resolve("orphans/" + target.id() + "/home"))
        .hasBinaryContent(Bytes.random(4, 6000));
    assertThat(path.resolve("orphans/" + deleted.id() + "/home")).exists();
  }
}
