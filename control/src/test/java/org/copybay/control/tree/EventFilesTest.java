package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.event.Event.fact;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.event.Events;
import org.junit.jupiter.api.Test;

class EventFilesTest extends ControlTreeFixture {
  private static final Instant TIME = Instant.parse("2025-11-21T09:31:07.5Z");

  private FollowHandle follow() throws StorageException {
    return new FollowHandle(open.bay().events());
  }

  private static String line(FollowHandle handle) throws StorageException {
    ByteBuffer target = ByteBuffer.allocate(1000);
    handle.read(0, target);
    return new String(target.array(), 0, target.position(), StandardCharsets.UTF_8);
  }

  private void tell(int count) {
    for (int i = 0; i < count; i++) {
      open.bay().events().tell("volume_created", "v");
    }
  }

  // ---- events, events.json

  @Test
  void aCommandIsFoundInBothForms() throws Exception {
    write("ctl", "create volume \"old disk\" size=4K");

    assertThat(read("events"))
        .startsWith(
            "# number time kind subject facts\n"
                + "1 2025-11-21T09:31:07Z volume_created \"old disk\" size=4096 state=ready uuid=");
    assertThat(read("events").lines()).hasSize(2);
    Map<String, Object> json = JSON.std.mapFrom(read("events.json"));
    Map<?, ?> event = (Map<?, ?>) ((List<?>) json.get("events")).get(0);
    assertThat(event.get("number")).isEqualTo(1);
    assertThat(event.get("kind")).isEqualTo("volume_created");
    assertThat(event.get("subject")).isEqualTo("old disk");
    assertThat(((Map<?, ?>) event.get("facts")).get("size")).isEqualTo(4096);
  }

  @Test
  void withoutEventsThereIsAHeader() throws Exception {
    assertThat(read("events")).isEqualTo("# number time kind subject facts\n");
    assertThat(JSON.std.mapFrom(read("events.json"))).isEqualTo(Map.of("events", List.of()));
  }

  @Test
  void valuesAreWordsInTheTableAndTypedInJson() throws Exception {
    Event event =
        new Event(
            7,
            TIME,
            "point_made",
            "a\nb",
            List.of(
                fact("volumes", List.of("a", "b,c")),
                fact("errno", Fault.NO_SPACE),
                fact("why", "no room"),
                fact("read_only", true)));

    assertThat(EventPages.line(event))
        .isEqualTo(
            "7 2025-11-21T09:31:07Z point_made \"a\\nb\" volumes=a,\"b,c\" errno=ENOSPC"
                + " why=\"no room\" read_only=yes");
    assertThat(EventPages.json(List.of(event)).replaceAll("\\s", ""))
        .contains(
            "\"facts\":{\"volumes\":[\"a\",\"b,c\"],\"errno\":\"ENOSPC\",\"why\":\"noroom\","
                + "\"read_only\":true}");
  }

  // ---- events.follow

  @Test
  void aFollowerHearsWhatHappensAfterItsOpening() throws Exception {
    tell(2);
    try (FollowHandle handle = follow()) {
      tell(1);

      assertThat(line(handle)).isEqualTo("# number time kind subject facts\n");
      assertThat(line(handle)).startsWith("3 ").endsWith(" volume_created v\n");
      assertThat(fault(() -> line(handle))).isEqualTo(Fault.INTERRUPTED);
      tell(1);
      assertThat(line(handle)).startsWith("4 ");
    }
  }

  @Test
  void aSlowFollowerIsToldHowManyEventsItLost() throws Exception {
    try (FollowHandle handle = follow()) {
      line(handle);
      tell(1);
      assertThat(line(handle)).startsWith("1 ");
      tell(Events.KEPT + 5);

      assertThat(line(handle)).isEqualTo("# lost: 5\n");
      assertThat(line(handle)).startsWith("7 ");
      assertThat(line(handle)).startsWith("8 ");
    }
  }

  @Test
  void theEndOfTheMountEndsTheStreamAfterItsLastEvent() throws Exception {
    try (FollowHandle handle = follow()) {
      line(handle);
      tell(1);
      open.bay().events().end(0);

      assertThat(line(handle)).startsWith("1 ");
      assertThat(line(handle)).isEmpty();
      assertThat(line(handle)).isEmpty();
    }
  }

  @Test
  void theFollowerTooManyIsRefusedWithASentence() throws Exception {
    ControlFile file = (ControlFile) node("events.follow");
    List<ControlHandle> handles = new ArrayList<>();
    for (int i = 0; i < Events.MAX_FOLLOWERS; i++) {
      handles.add(file.open(OpenBay.OWNER, OpenMode.READ));
    }

    assertThat(fault(() -> file.open(OpenBay.OWNER, OpenMode.READ))).isEqualTo(Fault.AGAIN);
    assertThat(read("last_error")).contains("64 programs follow the events");
    handles.get(0).close();
    handles.get(0).close();
    file.open(OpenBay.OWNER, OpenMode.READ).close();
    assertThat(fault(() -> file.open(OpenBay.OWNER, OpenMode.WRITE))).isEqualTo(Fault.DENIED);
    handles.forEach(ControlHandle::close);
  }

  @Test
  void theFollowFileIsAStreamThatIsNotListed() throws Exception {
    assertThat(names("")).contains("events").doesNotContain("events.follow");
    ControlFile file = (ControlFile) node("events.follow");
    assertThat(file.streaming()).isTrue();
    assertThat(file.size(OpenBay.OWNER)).isZero();
    assertThat(file.mode()).isEqualTo(0444);
  }

  // ---- health

  @Test
  void aChangeOfHealthIsToldByItself() throws Exception {
    open.volume("payroll", 1 << 20);
    Path home = open.bay().find("payroll").home();
    open.close();
    Files.delete(home);
    open = open.reopen();
    tree = open.tree();

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read("events").contains(" health_changed "));

    assertThat(read("events").lines())
        .last()
        .asString()
        .contains(" health_changed bay health=degraded why=\"volume payroll: ");
    write("ctl", "delete volume=payroll");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read("events").endsWith(" health_changed bay health=ok why=\"\"\n"));
  }

  // ---- the document

  /** Every kind that some class tells is in the table of kinds, and no other. */
  @Test
  void theDocumentNamesEveryKind() throws Exception {
    TreeSet<String> told = new TreeSet<>();
    Pattern kind =
        Pattern.compile("(?:tell\\(\\s*|tell\\(kind, |kind \\? )\"([a-z]+(?:_[a-z]+)*)\"");
    for (String module : List.of("volumes", "copy", "control", "fs")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          Matcher found = kind.matcher(Files.readString(file));
          while (found.find()) {
            told.add(found.group(1));
          }
        }
      }
    }
    for (String state :
        List.of(
            "queued",
            "started",
            "paused",
            "resumed",
            "interrupted",
            "done",
            "failed",
            "cancelled")) {
      told.add("job_" + state);
    }

    told.addAll(List.of("schedule_missed", "schedule_failed")); // of Scheduler.note

    String document = Files.readString(Path.of("../docs/CONTROL.md"));
    int table = document.indexOf("| kind |");
    TreeSet<String> documented = new TreeSet<>();
    for (String row : document.substring(table, document.indexOf("\n\n", table)).split("\n", -1)) {
      Matcher word = Pattern.compile("`([a-z_]+)`").matcher(row.split("\\|", -1)[1]);
      while (word.find()) {
        documented.add(word.group(1));
      }
    }

    assertThat(documented).isEqualTo(told);
  }
}
