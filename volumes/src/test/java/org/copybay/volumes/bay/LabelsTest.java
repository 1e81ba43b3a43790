package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** What a mount does with labels. */
final class LabelsTest extends LabelledBay {

  @Test
  void aBayFromBeforeLabelsGetsThem() throws Exception {
    closeBay();
    try (Stream<Path> files = Files.walk(path.resolve("volumes"))) {
      for (Path file : files.filter(f -> f.endsWith("label")).toList()) {
        Files.delete(file);
      }
    }
    try (var connection = CatalogueFile.open(path.resolve("catalogue.db"), uuid());
        var statement = connection.createStatement()) {
      statement.execute("alter table bay drop column change");
    }

    open();
    assertThat(seen()).isEqualTo(before);
    closeBay();
    deleteCatalogue();
    assertThat(rebuild().whole()).isTrue();
    open();
    assertThat(seen()).isEqualTo(before);
  }

  private UUID uuid() throws StorageException {
    return BayFile.read(path.resolve("copybay.bay")).uuid();
  }

  @Test
  void aLabelThatACrashLeftBehindIsBroughtUpToDate() throws Exception {
    Volume a = test.bay.find("a");
    Path label = path.resolve("volumes/" + a.id() + "/label");
    byte[] older = Files.readAllBytes(label);
    test.bay.rename("a", "z", true);
    freeze("R", "z");
    before = seen();
    closeBay();
    Files.write(label, older);

    open();

    assertThat(seen()).isEqualTo(before);
    closeBay();
    deleteCatalogue();
    rebuild();
    open();
    assertThat(seen()).isEqualTo(before);
  }

  @Test
  void aLabelThatCannotBeWrittenFailsNoCommandAndIsWrittenLater() throws Exception {
    Volume a = test.bay.find("a");
    Path label = path.resolve("volumes/" + a.id() + "/label");
    Path away = directory.resolve("away");
    Files.move(label, away);
    Files.createDirectory(label);
    Files.createFile(label.resolve("in the way"));

    test.bay.rename("a", "z", true);
    freeze("R", "z");
    a.flush();
    assertThat(label).isDirectory();
    before = seen();
    Files.delete(label.resolve("in the way"));
    Files.delete(label);
    a.flush();

    closeBay();
    deleteCatalogue();
    assertThat(rebuild().whole()).isTrue();
    open();
    assertThat(seen()).isEqualTo(before);
  }

  @Test
  void theLabelOfAnotherBayIsNoProof() throws Exception {
    UUID id;
    try (TestBay other = TestBay.create(directory.resolve("foreign"))) {
      for (int i = 0; i < 99; i++) {
        other.create("v", 100);
        other.bay.remove("v");
      }
      id = other.create("v", 100).id();
    }
    closeBay();
    TestBay.copy(directory.resolve("foreign/volumes/" + id), path.resolve("volumes/" + id));

    open();

    assertThat(seen()).isEqualTo(before);
    assertThat(path.resolve("orphans/" + id + "/label")).exists();
  }

  @Test
  void aReadOnlyBayWritesNoLabel() throws Exception {
    closeBay();
    try (Stream<Path> files = Files.walk(path.resolve("volumes"))) {
      for (Path file : files.filter(f -> f.endsWith("label")).toList()) {
        Files.delete(file);
      }
    }
    var state = TestBay.state(path);

    TestBay.openReadOnly(path).close();

    assertThat(TestBay.state(path)).isEqualTo(state);
  }

  /** Else power loss could leave one that brings back what is gone (P3, P6). */
  @Test
  void aLabelIsSyncedBeforeWhatAnOlderOneWouldTellWrongly() throws Exception {
    Volume a = test.bay.find("a");
    LabelFile label = a.bytes().label();
    test.bay.setOwner(a, new VolumeRecord.Owner(5, 6, 0600));
    assertThat(label.unsynced()).isTrue();
    test.bay.bitmaps().delete(a, "m", NOTHING);
    assertThat(label.unsynced()).isFalse();

    Volume plain = test.create("plain", 5000);
    assertThat(plain.bytes().label().unsynced()).isTrue();
    test.bay.resize(plain, 4000, true, NOTHING);
    assertThat(plain.bytes().label().unsynced()).isFalse();

    Volume target = test.bay.reserve(TestBay.wanted("t", 10), false, new Hold("1", "made"));
    test.bay.reveal(target, false, NOTHING);
    assertThat(target.bytes().label().unsynced()).isFalse();

    test.bay.setOwner(a, TestBay.OWNER);
    a.flush();
    assertThat(label.unsynced()).isFalse();
  }

  /** No fence of the volume will do it: they all fail from then on. */
  @Test
  void theLineOfAFailureIsSyncedAtOnce() throws Exception {
    Volume a = test.bay.find("a");

    test.bay.failed(a, "its disk");

    assertThat(a.bytes().label().unsynced()).isFalse();
    assertThat(path.resolve("volumes/" + a.id() + "/label"))
        .content()
        .contains("failure=its%20disk");
  }

  /** An older line would give an older instant to bits that are clear. */
  @Test
  void theLabelOfABitmapThatIsResetIsSyncedAtOnce() throws Exception {
    Volume a = test.bay.find("a");
    test.bay.rename("a", "other", true);
    assertThat(a.bytes().label().unsynced()).isTrue();

    test.bay.bitmaps().reset(a, "m", Catalogue.Change.NOTHING);

    assertThat(a.bytes().label().unsynced()).isFalse();
  }
}
