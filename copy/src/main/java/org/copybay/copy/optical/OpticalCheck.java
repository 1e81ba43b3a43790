package org.copybay.copy.optical;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.CatalogueFile;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.media.Medium;
import org.jspecify.annotations.Nullable;

/** The optical storage of a bay that nobody has mounted, looked at without changing anything. */
public final class OpticalCheck {
  private static final String WHAT = "optical volume";

  private final BayLayout layout;
  private final Findings findings;

  private OpticalCheck(BayLayout layout, Findings findings) {
    this.layout = layout;
    this.findings = findings;
  }

  /** Looks at all cartridges; a catalogue that cannot be read is a finding of others. */
  public static void run(Path bay, Findings findings) {
    BayLayout layout = new BayLayout(bay);
    try (Connection catalogue = CatalogueFile.copyToMemory(layout.catalogue())) {
      if (Sql.hasTable(catalogue, "optical_side")) {
        new OpticalCheck(layout, findings).cartridges(catalogue);
      }
    } catch (StorageException e) {
      return;
    } catch (SQLException | RuntimeException e) {
      findings.damage(
          "row of optical storage",
          layout.catalogue().toString(),
          "rows of devices, cartridges and volumes",
          String.valueOf(e.getMessage()),
          "put back a copy of catalogue.db");
    }
  }

  private void cartridges(Connection catalogue) throws SQLException {
    Map<String, CartridgeRecord> cartridges = new HashMap<>();
    Map<String, String> active = new HashMap<>();
    OpticalTable.cartridges(catalogue).forEach(row -> cartridges.put(row.name(), row));
    for (SideRecord side : OpticalTable.sides(catalogue)) {
      CartridgeRecord cartridge = cartridges.get(side.cartridge());
      if (cartridge == null) {
        findings.damage(
            WHAT, side.key(), "cartridge " + side.cartridge(), "none", "restore the catalogue");
        continue;
      }
      bytes(catalogue, side);
      String other = cartridge.shelved() ? null : active.put(side.id(), side.key());
      if (other != null) {
        findings.note(
            WHAT,
            side.key(),
            "an identifier of its own",
            side.id() + ", that of " + other + " too",
            "one of the two has no file in optical/");
      }
    }
  }

  private void bytes(Connection catalogue, SideRecord side) throws SQLException {
    String state = volumeState(catalogue, side.bytes());
    if (state == null) {
      findings.damage(
          WHAT,
          side.key() + " (" + side.id() + ")",
          "volume " + side.bytes(),
          "no row",
          "put back a copy of the bay; the cartridge is not to be had");
      return;
    }
    boolean making = side.state() == SideState.MAKING;
    if (!making && !hasMap(catalogue, side.bytes())) {
      findings.damage(
          WHAT,
          side.key() + " (" + side.id() + ")",
          "a bitmap of its written sectors",
          "none",
          "it is read as if all of it were written");
    }
    if (!Files.exists(layout.label(side.bytes()).resolveSibling(MemberBytes.SIDE_LABEL))) {
      findings.note(
          WHAT,
          side.key() + " (" + side.id() + ")",
          "its label beside its bytes",
          "none",
          "the next mount writes it; a rebuild before that would not know the volume");
    }
    if (side.state().broken()) {
      findings.note(
          WHAT,
          side.key() + " (" + side.id() + ")",
          "whole",
          side.state().word(),
          side.state() == SideState.SPOILED
              ? "it is never written again"
              : "a duplicate with resume=yes goes on");
    }
  }

  private static @Nullable String volumeState(Connection catalogue, UUID volume)
      throws SQLException {
    try (PreparedStatement statement =
        catalogue.prepareStatement("select state from volume where id=?")) {
      statement.setString(1, volume.toString());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  private static boolean hasMap(Connection catalogue, UUID volume) throws SQLException {
    try (PreparedStatement statement =
        catalogue.prepareStatement("select 1 from bitmap where volume=? and name=?")) {
      statement.setString(1, volume.toString());
      statement.setString(2, Medium.writtenName());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }
}
