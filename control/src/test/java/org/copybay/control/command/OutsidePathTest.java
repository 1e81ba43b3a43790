package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.control.OpenBay;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsidePathTest {
  @TempDir Path temporary;

  private Path root;
  private OutsidePath outside;

  @BeforeEach
  void makePlaces() throws Exception {
    root = temporary.toRealPath();
    Files.createDirectories(root.resolve("bay/volumes"));
    Files.createFile(root.resolve("bay/copybay.bay"));
    Files.createDirectories(root.resolve("disk/deep"));
    // The mount point does not exist, so that who touches it finds nothing instead of refusing.
    outside = new OutsidePath(root.resolve("mnt"));
  }

  @Test
  void linksAreFollowedToTheRealDirectory() throws Exception {
    link("one", root.resolve("disk"));
    link("disk/two", Path.of("../one/./deep"));

    assertThat(resolve("one/two")).isEqualTo(root.resolve("disk/deep"));
    assertThat(resolve("one/two/..")).isEqualTo(root.resolve("disk"));
    assertThat(resolve("disk")).isEqualTo(root.resolve("disk"));
    assertThat(outside.resolve(Path.of("/.."))).isEqualTo(Path.of("/"));
  }

  @Test
  void theBayIsRefusedByWhateverName() throws Exception {
    link("in", root.resolve("bay/volumes"));
    link("around", Path.of("bay/../disk"));

    assertThat(error("bay").fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(error("in"))
        .hasMessage("the directory " + root.resolve("in") + " lies inside of the bay " + bay());
    assertThat(error("disk/../bay/volumes").fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(resolve("around")).isEqualTo(root.resolve("disk"));
  }

  @Test
  void theMountIsRefusedBeforeItIsTouched() throws Exception {
    link("to", root.resolve("mnt/volumes"));
    link("through", Path.of("mnt/../disk"));

    for (String path : new String[] {"mnt", "mnt/a", "to", "to/b", "through", "disk/../mnt"}) {
      StorageException error = error(path);
      assertThat(error.fault()).as(path).isEqualTo(Fault.BAD_REQUEST);
      assertThat(error.remedy()).isEqualTo("a directory outside of " + root.resolve("mnt"));
    }
  }

  @Test
  void whatIsNoDirectoryIsRefused() throws Exception {
    Files.createFile(root.resolve("file"));
    link("nowhere", root.resolve("none"));

    for (String path : new String[] {"none", "none/../disk", "nowhere"}) {
      StorageException error = error(path);
      assertThat(error.fault()).as(path).isEqualTo(Fault.NOT_FOUND);
      assertThat(error).hasMessage("no directory " + root.resolve(path));
      assertThat(error.remedy()).isEqualTo("mkdir it first");
    }
    for (String path : new String[] {"file", "file/x", "disk/../file"}) {
      StorageException error = error(path);
      assertThat(error.fault()).as(path).isEqualTo(Fault.BAD_REQUEST);
      assertThat(error).hasMessage(root.resolve("file") + " is no directory");
    }
  }

  @Test
  void anotherBayIsRefusedAsWell() throws Exception {
    try (OpenBay other = OpenBay.create(root.resolve("disk/other"))) {
      link("near", other.bay().path().resolve("volumes"));

      for (String path : new String[] {"disk/other", "disk/other/volumes", "near"}) {
        assertThat(error(path))
            .hasMessage(
                "the directory "
                    + root.resolve(path)
                    + " lies inside of the bay "
                    + other.bay().path());
      }
    }
    assertThat(resolve("disk")).isEqualTo(root.resolve("disk"));
  }

  @Test
  void fortyLinksAreFollowedAndNoMore() throws Exception {
    link("l1", Path.of("disk"));
    for (int i = 2; i <= 41; i++) {
      link("l" + i, Path.of("l" + (i - 1)));
    }
    link("loop", Path.of("loop"));

    assertThat(resolve("l40")).isEqualTo(root.resolve("disk"));
    assertThat(error("l41").fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(error("loop").fault()).isEqualTo(Fault.BAD_REQUEST);
  }

  @Test
  void aVolumeIsMadeInTheRealDirectoryAndADryRunChecksIt() throws Exception {
    link("one", root.resolve("disk"));
    try (OpenBay open = OpenBay.create(root.resolve("real"))) {
      String create = "create volume v size=1K path=" + root;
      assertThat(send(open, create + "/one")).isNull();
      assertThat(open.bay().find("v").row().directory()).isEqualTo(root.resolve("disk").toString());

      assertThat(send(open, create.replace(" v ", " w ") + "/none dry-run=yes"))
          .isEqualTo(Fault.NOT_FOUND);
      assertThat(send(open, create.replace(" v ", " w ") + "/real dry-run=yes"))
          .isEqualTo(Fault.BAD_REQUEST);
    }
  }

  private static Fault send(OpenBay open, String line) throws Exception {
    Owner owner = new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid());
    VerbTable table =
        new VerbTable(
            new VolumeVerbs(open.bay(), new Units(open.sets(), owner), Path.of("/mnt/bay"))
                .verbs());
    Command command = LineParser.parse(line);
    Verb verb = table.find(command, Scope.bay());
    Arguments arguments = Arguments.bind(verb, Scope.bay(), command);
    try {
      Plan plan = verb.handler().prepare(request(arguments));
      plan.action().run();
      return null;
    } catch (RefusedException e) {
      assertThat(e.column()).isEqualTo(line.indexOf("path=") + 5);
      return e.error().fault();
    }
  }

  private static Request request(Arguments arguments) {
    return new Request(
        arguments,
        OpenBay.OWNER,
        NOTHING,
        false,
        line -> {
          throw new AssertionError(line);
        });
  }

  private String bay() {
    return root.resolve("bay").toString();
  }

  private void link(String name, Path target) throws Exception {
    Files.createSymbolicLink(root.resolve(name), target);
  }

  private Path resolve(String path) throws StorageException {
    return outside.resolve(root.resolve(path));
  }

  private StorageException error(String path) {
    StorageException error = catchThrowableOfType(StorageException.class, () -> resolve(path));
    assertThat(error).as(path).isNotNull();
    return error;
  }
}
