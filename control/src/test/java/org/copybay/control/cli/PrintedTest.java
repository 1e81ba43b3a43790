package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** What is printed, from status.json to table and JSON. */
class PrintedTest {
  private static final String VOLUME =
      """
      {"name":"two words","state":"ready","size":1073741824,"allocated_bytes":null,"points":2,
       "failure":null,"new_key":"kept"}
      """;

  @Test
  void aTableHasColumnsAsWideAsTheirLongestValue() {
    String text =
        new Table("NAME")
            .figures("SIZE")
            .columns("X")
            .row(Table.name("two words"), "1", "-")
            .row(Table.name("größe"), "1000", "y")
            .text();

    assertThat(text)
        .isEqualTo(
            """
            NAME         SIZE  X
            "two words"     1  -
            größe        1000  y
            """);
  }

  @Test
  void aNameCannotBeTakenForSomethingElse() {
    assertThat(Table.name("-")).isEqualTo("\"-\"");
    assertThat(Table.name("a\nb")).isEqualTo("\"a\\nb\"");
    assertThat(Table.name("a,b")).isEqualTo("\"a,b\"");
  }

  @Test
  void whatIsNotKnownIsADashAndNullAgain() throws StorageException {
    Facts volume = new Facts(Json.object(VOLUME));

    assertThat(ListVerb.text(List.of(volume), List.of(), List.of(), false))
        .isEqualTo(
            """
            VOLUME       STATE     SIZE  ALLOCATED  POINTS  BITMAPS  OPEN
            "two words"  ready  1.0 GiB          -       2        -     -
            """);
    assertThat(ListVerb.json(List.of(volume), List.of(), List.of()))
        .contains("\"allocated_bytes\" : null", "\"size\" : 1073741824", "\"new_key\" : \"kept\"")
        .contains("\"points\" : [ ]");
  }

  @Test
  void aVolumeThatTakesNoWritesIsListedAsFailed() throws StorageException {
    Facts failed =
        new Facts(Json.object(VOLUME.replace("\"failure\":null", "\"failure\":\"a sync\"")));

    assertThat(ListVerb.text(List.of(failed), List.of(), List.of(), false)).contains("  failed  ");
  }

  @Test
  void aLineOfTheManualPageBeginsNoRequest() {
    assertThat(ManualPage.escaped(".control/ctl")).isEqualTo("\\&.control/ctl");
    assertThat(ManualPage.escaped("'a' \\ --at")).isEqualTo("\\&'a' \\e \\-\\-at");
  }
}
