package org.copybay.volumes.vault;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bay, a machine, and the vault clock of the bay on it. */
abstract class VaultFixture {
  static final Duration HOUR = Duration.ofHours(1);
  static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  final TestMachine machine = new TestMachine();
  Path path;
  Bay bay;
  VaultClock vault;

  @BeforeEach
  void openBay() throws Exception {
    path = directory.resolve("bay");
    BayOpener.init(path, Clock.systemUTC());
    bay = open(path, false);
    openVault();
  }

  @AfterEach
  void closeBay() {
    bay.close();
  }

  static Bay open(Path path, boolean readOnly) throws StorageException {
    return BayOpener.open(path, readOnly, RecoverMode.AUTO, 1 << 20, Clock.systemUTC());
  }

  static Duration days(long count) {
    return Duration.ofDays(count);
  }

  Catalogue catalogue() {
    return bay.catalogue();
  }

  /** As a start of the daemon does it, whatever became of the one before. */
  void openVault() throws StorageException {
    vault = VaultClock.open(catalogue(), machine.clock, machine.uptime);
  }

  /** Ends the daemon in an orderly way and starts it again, after what happens in between. */
  void restartDaemon(Runnable between) throws StorageException {
    vault.save();
    crashDaemon(between);
  }

  /** The same without the orderly end. */
  void crashDaemon(Runnable between) throws StorageException {
    between.run();
    openVault();
  }

  void sql(String statement) throws StorageException {
    catalogue()
        .change(
            connection -> {
              try (var command = connection.createStatement()) {
                command.execute(statement);
              }
            });
  }

  /** How long the vault time has gone on since the fixture was made. */
  Duration passed() {
    return Duration.between(TestMachine.START, vault.now());
  }

  Instant at(Duration afterStart) {
    return TestMachine.START.plus(afterStart);
  }
}
