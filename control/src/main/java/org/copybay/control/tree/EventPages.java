package org.copybay.control.tree;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.copybay.control.report.Errno;
import org.copybay.control.report.Json;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.event.Event.Fact;

/** What there is to say about events. */
final class EventPages {
  static final String HEADER = "# number time kind subject facts";

  private EventPages() {}

  static String text(List<Event> events) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    events.forEach(event -> text.append(line(event)).append('\n'));
    return text.toString();
  }

  /** One of them, without a line end; the words of its facts are the last columns. */
  static String line(Event event) {
    StringBuilder line = new StringBuilder();
    line.append(event.number()).append(' ').append(time(event)).append(' ').append(event.kind());
    line.append(' ').append(Words.word(event.subject()));
    for (Fact fact : event.facts()) {
      line.append(' ').append(fact.key()).append('=').append(word(fact.value()));
    }
    return line.toString();
  }

  private static String time(Event event) {
    return event.time().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String word(Object value) {
    if (value instanceof Boolean yes) {
      return yes ? "yes" : "no";
    }
    if (value instanceof List<?> names) {
      return names.stream()
          .map(name -> Words.word(String.valueOf(name)))
          .collect(Collectors.joining(","));
    }
    return Words.word(plain(value));
  }

  private static String plain(Object value) {
    return value instanceof Fault fault ? Errno.of(fault).name() : String.valueOf(value);
  }

  static String json(List<Event> events) throws StorageException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Event event : events) {
      Map<String, Object> facts = new LinkedHashMap<>();
      event.facts().forEach(fact -> facts.put(fact.key(), typed(fact.value())));
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("number", event.number());
      one.put("time", time(event));
      one.put("kind", event.kind());
      one.put("subject", event.subject());
      one.put("facts", facts);
      all.add(one);
    }
    return Json.text(Map.of("events", all));
  }

  private static Object typed(Object value) {
    boolean known = value instanceof Number || value instanceof Boolean || value instanceof List;
    return known ? value : plain(value);
  }
}
